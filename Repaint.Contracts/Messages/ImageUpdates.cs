namespace Repaint.Contracts.Messages;

/// <summary>Gateway → API: an image changed state. The API keeps the one with the highest version.</summary>
/// <param name="EventId">The event.</param>
/// <param name="ImageId">The image.</param>
/// <param name="VisitorId">Whose photograph it is; null for an event's image.</param>
/// <param name="Version">Rises with every change of this image; what is not higher than the last one seen is old.</param>
/// <param name="Revision">The revision whose state this is.</param>
/// <param name="State">Its state.</param>
/// <param name="Attempt">Its attempt.</param>
/// <param name="Reason">One of <see cref="FailureReasons"/> when failed, otherwise null.</param>
/// <param name="TraceId">W3C trace id (32 hex digits) of the upload, or null.</param>
/// <param name="At">When it entered the state.</param>
/// <param name="Palettes">The palettes when clustered, otherwise null.</param>
public sealed record ImageUpdated(
    Guid EventId,
    Guid ImageId,
    Guid? VisitorId,
    long Version,
    int Revision,
    ImageState State,
    int Attempt,
    string? Reason,
    string? TraceId,
    DateTimeOffset At,
    IReadOnlyList<PaletteDescription>? Palettes) : IMessage
{
    /// <summary>W3C span id (16 hex digits) of the upload in that trace, for other traces to link to, or null.</summary>
    public string? SpanId { get; init; }

    /// <inheritdoc/>
    public static string Subject => "image-updated";

    /// <inheritdoc/>
    public static string Queue => QueueNames.ImageUpdates;

    /// <inheritdoc/>
    public int SchemaVersion { get; init; } = IMessage.CurrentSchemaVersion;

    /// <inheritdoc/>
    public string MessageId => $"image/{ImageId:N}/{Version}";

    /// <inheritdoc/>
    public string OrderingKey => ImageId.ToString("N");
}

/// <summary>Gateway → API: what some visitors see of an image changed, or cannot be made.</summary>
/// <param name="UpdateId">Id of this fact, assigned when it was recorded.</param>
/// <param name="EventId">The event.</param>
/// <param name="ImageId">The image.</param>
/// <param name="Revision">The revision.</param>
/// <param name="PaletteSet">The palettes.</param>
/// <param name="State">Its state.</param>
/// <param name="Attempt">Its attempt.</param>
/// <param name="Reason">One of <see cref="FailureReasons"/> when failed, otherwise null.</param>
/// <param name="At">When it entered the state.</param>
/// <param name="Waiters">The visitors concerned and the request each of them made; at most <see cref="MaxWaiters"/>.</param>
public sealed record RenderingUpdated(
    Guid UpdateId,
    Guid EventId,
    Guid ImageId,
    int Revision,
    PaletteSet PaletteSet,
    RenderingState State,
    int Attempt,
    string? Reason,
    DateTimeOffset At,
    IReadOnlyList<RenderingWaiter> Waiters) : IMessage
{
    /// <summary>Most waiters in one message; more are told in several.</summary>
    public const int MaxWaiters = 500;

    /// <inheritdoc/>
    public static string Subject => "rendering-updated";

    /// <inheritdoc/>
    public static string Queue => QueueNames.ImageUpdates;

    /// <inheritdoc/>
    public int SchemaVersion { get; init; } = IMessage.CurrentSchemaVersion;

    /// <inheritdoc/>
    public string MessageId => $"rendering/{UpdateId:N}";

    /// <inheritdoc/>
    public string OrderingKey => ImageId.ToString("N");
}

/// <summary>A visitor who waits for a painting.</summary>
/// <param name="VisitorId">The visitor.</param>
/// <param name="RequestNo">The newest request of this visitor for this image that the painting answers.</param>
public sealed record RenderingWaiter(Guid VisitorId, long RequestNo);
