namespace Repaint.Contracts.Messages;

/// <summary>A palette as the clustering worker found it.</summary>
/// <param name="Id">0-based; neutrals first, then the photo's own hues in order.</param>
/// <param name="Colour">Mean colour, sRGB, <c>#rrggbb</c>.</param>
/// <param name="Name">What people call that colour.</param>
/// <param name="Share">Share of the frame, 0–1.</param>
public sealed record PaletteDescription(int Id, string Colour, ColourName Name, double Share);

/// <summary>Clustering worker → gateway: work has begun.</summary>
/// <param name="ImageId">The image.</param>
/// <param name="Revision">The revision.</param>
/// <param name="Attempt">Attempt of the request.</param>
public sealed record ClusteringStarted(Guid ImageId, int Revision, int Attempt) : IMessage
{
    /// <inheritdoc/>
    public static string Subject => "clustering-started";

    /// <inheritdoc/>
    public static string Queue => QueueNames.ImageResults;

    /// <inheritdoc/>
    public int SchemaVersion { get; init; } = IMessage.CurrentSchemaVersion;

    /// <inheritdoc/>
    public string MessageId => $"cluster/{ImageId:N}/{Revision}/{Attempt}/started";

    /// <inheritdoc/>
    public string OrderingKey => ImageId.ToString("N");
}

/// <summary>Clustering worker → gateway: all blobs of the revision exist.</summary>
/// <param name="ImageId">The image.</param>
/// <param name="Revision">The revision.</param>
/// <param name="Attempt">Attempt of the request.</param>
/// <param name="Width">Width of the upright original, pixels.</param>
/// <param name="Height">Height of the upright original, pixels.</param>
/// <param name="Palettes">The palettes, in order of id; as many as were asked for.</param>
public sealed record ClusteringCompleted(
    Guid ImageId, int Revision, int Attempt, int Width, int Height, IReadOnlyList<PaletteDescription> Palettes) : IMessage
{
    /// <inheritdoc/>
    public static string Subject => "clustering-completed";

    /// <inheritdoc/>
    public static string Queue => QueueNames.ImageResults;

    /// <inheritdoc/>
    public int SchemaVersion { get; init; } = IMessage.CurrentSchemaVersion;

    /// <inheritdoc/>
    public string MessageId => $"cluster/{ImageId:N}/{Revision}/{Attempt}/completed";

    /// <inheritdoc/>
    public string OrderingKey => ImageId.ToString("N");
}

/// <summary>Clustering worker → gateway: this photograph cannot be clustered, however often one tries.</summary>
/// <param name="ImageId">The image.</param>
/// <param name="Revision">The revision.</param>
/// <param name="Attempt">Attempt of the request.</param>
/// <param name="Reason">One of <see cref="FailureReasons"/>.</param>
public sealed record ClusteringFailed(Guid ImageId, int Revision, int Attempt, string Reason) : IMessage
{
    /// <inheritdoc/>
    public static string Subject => "clustering-failed";

    /// <inheritdoc/>
    public static string Queue => QueueNames.ImageResults;

    /// <inheritdoc/>
    public int SchemaVersion { get; init; } = IMessage.CurrentSchemaVersion;

    /// <inheritdoc/>
    public string MessageId => $"cluster/{ImageId:N}/{Revision}/{Attempt}/failed";

    /// <inheritdoc/>
    public string OrderingKey => ImageId.ToString("N");
}
