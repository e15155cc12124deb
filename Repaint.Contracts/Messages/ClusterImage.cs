namespace Repaint.Contracts.Messages;

/// <summary>Gateway → clustering worker: take this revision apart into palettes.</summary>
/// <param name="EventId">The event.</param>
/// <param name="ImageId">The image.</param>
/// <param name="Revision">The revision whose <see cref="ImageBlobNames.Upload"/> (or, once normalised, original) to read.</param>
/// <param name="Attempt">1 at first, one more for every retry by staff; results carry it back.</param>
/// <param name="PaletteCount">How many palettes to make, 2–16.</param>
public sealed record ClusterImage(Guid EventId, Guid ImageId, int Revision, int Attempt, int PaletteCount) : IMessage
{
    /// <inheritdoc/>
    public static string Subject => "cluster-image";

    /// <inheritdoc/>
    public static string Queue => QueueNames.Clustering;

    /// <inheritdoc/>
    public int SchemaVersion { get; init; } = IMessage.CurrentSchemaVersion;

    /// <inheritdoc/>
    public string MessageId => $"cluster/{ImageId:N}/{Revision}/{Attempt}";

    /// <inheritdoc/>
    public string OrderingKey => ImageId.ToString("N");
}
