using Repaint.Api.Notifications;

namespace Repaint.Api.Feed;

/// <summary>The streams of events' staff. A trigger on images notifies.</summary>
internal sealed class FeedHub() : StreamHub("image_feed", MaxStreamsPerEvent)
{
    /// <summary>A laptop and a phone for each of a large staff.</summary>
    public const int MaxStreamsPerEvent = 64;
}
