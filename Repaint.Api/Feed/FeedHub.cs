using System.Threading.Channels;
using Repaint.Api.Notifications;

namespace Repaint.Api.Feed;

/// <summary>The streams of events' staff. A trigger on images notifies.</summary>
internal sealed class FeedHub() : StreamHub("image_feed", MaxStreamsPerEvent)
{
    /// <summary>A laptop and a phone for each of a large staff.</summary>
    public const int MaxStreamsPerEvent = 64;

    /// <summary>Null when the event has too many streams already.</summary>
    public Slot? Subscribe(Guid eventId)
    {
        var slot = new Slot(this, eventId);
        return TryAdd(slot) ? slot : null;
    }

    /// <summary>Room for one wake-up.</summary>
    internal sealed class Slot(FeedHub hub, Guid eventId) : Subscription(eventId), IDisposable
    {
        private readonly Channel<bool> _wakeUp = Channel.CreateBounded<bool>(
            new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

        public override void Wake() => _wakeUp.Writer.TryWrite(true);

        public ValueTask<bool> WaitAsync(CancellationToken cancellation) => _wakeUp.Reader.ReadAsync(cancellation);

        public void Dispose() => hub.Remove(this);
    }
}
