namespace Repaint.Contracts.Messages;

/// <summary>Generation worker → gateway: work has begun.</summary>
/// <param name="ImageId">The image.</param>
/// <param name="Revision">The revision.</param>
/// <param name="PaletteSet">The palettes.</param>
/// <param name="Size">The sizes.</param>
/// <param name="Attempt">Attempt of the request.</param>
public sealed record PaintingStarted(Guid ImageId, int Revision, PaletteSet PaletteSet, RenderingSize Size, int Attempt) : IMessage
{
    /// <inheritdoc/>
    public static string Subject => "painting-started";

    /// <inheritdoc/>
    public static string Queue => QueueNames.ImageResults;

    /// <inheritdoc/>
    public int SchemaVersion { get; init; } = IMessage.CurrentSchemaVersion;

    /// <inheritdoc/>
    public string MessageId => $"paint/{ImageId:N}/{Revision}/{PaletteSet}/{Size}/{Attempt}/started";

    /// <inheritdoc/>
    public string OrderingKey => ImageId.ToString("N");
}

/// <summary>Generation worker → gateway: the blobs of the painting exist.</summary>
/// <param name="ImageId">The image.</param>
/// <param name="Revision">The revision.</param>
/// <param name="PaletteSet">The palettes.</param>
/// <param name="Size">The sizes.</param>
/// <param name="Attempt">Attempt of the request.</param>
public sealed record PaintingCompleted(Guid ImageId, int Revision, PaletteSet PaletteSet, RenderingSize Size, int Attempt) : IMessage
{
    /// <inheritdoc/>
    public static string Subject => "painting-completed";

    /// <inheritdoc/>
    public static string Queue => QueueNames.ImageResults;

    /// <inheritdoc/>
    public int SchemaVersion { get; init; } = IMessage.CurrentSchemaVersion;

    /// <inheritdoc/>
    public string MessageId => $"paint/{ImageId:N}/{Revision}/{PaletteSet}/{Size}/{Attempt}/completed";

    /// <inheritdoc/>
    public string OrderingKey => ImageId.ToString("N");
}

/// <summary>Generation worker → gateway: this painting cannot be made, however often one tries.</summary>
/// <param name="ImageId">The image.</param>
/// <param name="Revision">The revision.</param>
/// <param name="PaletteSet">The palettes.</param>
/// <param name="Size">The sizes.</param>
/// <param name="Attempt">Attempt of the request.</param>
/// <param name="Reason">One of <see cref="FailureReasons"/>.</param>
public sealed record PaintingFailed(
    Guid ImageId, int Revision, PaletteSet PaletteSet, RenderingSize Size, int Attempt, string Reason) : IMessage
{
    /// <inheritdoc/>
    public static string Subject => "painting-failed";

    /// <inheritdoc/>
    public static string Queue => QueueNames.ImageResults;

    /// <inheritdoc/>
    public int SchemaVersion { get; init; } = IMessage.CurrentSchemaVersion;

    /// <inheritdoc/>
    public string MessageId => $"paint/{ImageId:N}/{Revision}/{PaletteSet}/{Size}/{Attempt}/failed";

    /// <inheritdoc/>
    public string OrderingKey => ImageId.ToString("N");
}
