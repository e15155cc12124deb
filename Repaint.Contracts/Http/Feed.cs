namespace Repaint.Contracts.Http;

/// <summary>Types of the server-sent events of an event's feed; the data is a <see cref="FeedChange"/>, or <c>null</c>.</summary>
public static class FeedEvents
{
    /// <summary>An image is new, or its state changed: <see cref="FeedChange.Image"/>, complete.</summary>
    public const string Image = "image";

    /// <summary>An image has been erased: <see cref="FeedChange.ErasedImageId"/>.</summary>
    public const string Erased = "erased";

    /// <summary>
    /// Load what you show anew; every later change follows. Comes first, unless Last-Event-ID could be resumed, and
    /// whenever so much changed at once that loading is cheaper.
    /// </summary>
    public const string Resync = "resync";

    /// <summary>Nothing happened, every 15 s, so that both ends notice a dead connection.</summary>
    public const string Ping = "ping";
}

/// <summary>One change in an event, as it is now: the same may come twice, and applying it twice changes nothing.</summary>
/// <param name="Image">The image as it is; null when it was erased.</param>
/// <param name="ErasedImageId">The image erased; null otherwise.</param>
public sealed record FeedChange(ImageDetails? Image, Guid? ErasedImageId);
