namespace Repaint.Contracts.Messages;

/// <summary>Gateway → generation worker: paint this set of palettes into the sketch of this revision.</summary>
/// <param name="EventId">The event.</param>
/// <param name="ImageId">The image.</param>
/// <param name="Revision">The clustered revision.</param>
/// <param name="PaletteSet">The palettes to paint; neither none nor all of them.</param>
/// <param name="Size">Which sizes to make.</param>
/// <param name="Attempt">1 at first, one more for every retry; results carry it back.</param>
public sealed record PaintRendering(Guid EventId, Guid ImageId, int Revision, PaletteSet PaletteSet, RenderingSize Size, int Attempt) : IMessage
{
    /// <inheritdoc/>
    public static string Subject => "paint-rendering";

    /// <inheritdoc/>
    public static string Queue => QueueNames.Generation;

    /// <inheritdoc/>
    public int SchemaVersion { get; init; } = IMessage.CurrentSchemaVersion;

    /// <inheritdoc/>
    public string MessageId => $"paint/{ImageId:N}/{Revision}/{PaletteSet}/{Size}/{Attempt}";

    /// <inheritdoc/>
    public string OrderingKey => ImageId.ToString("N");
}
