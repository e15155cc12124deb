using System.Collections.Concurrent;
using System.Threading.Channels;

namespace Repaint.Api.Updates;

/// <summary>
/// Wakes the streams of this instance. Each has a slot for one wake-up: what changed is read from the database when the
/// stream gets to it, so that a slow reader costs one slot and never misses the newest.
/// </summary>
internal sealed class UpdateHub
{
    /// <summary>A visitor's devices and their tabs; more would be a leak or an attack.</summary>
    public const int MaxStreamsPerVisitor = 8;

    private readonly ConcurrentDictionary<Guid, Subscription[]> _subscriptions = new();

    /// <summary>Null when the visitor has too many streams already.</summary>
    public Subscription? Subscribe(Guid visitorId)
    {
        var subscription = new Subscription(this, visitorId);
        while (true)
        {
            if (!_subscriptions.TryGetValue(visitorId, out var others))
            {
                if (_subscriptions.TryAdd(visitorId, [subscription]))
                {
                    return subscription;
                }
            }
            else if (others.Length >= MaxStreamsPerVisitor)
            {
                return null;
            }
            else if (_subscriptions.TryUpdate(visitorId, [.. others, subscription], others))
            {
                return subscription;
            }
        }
    }

    public void Wake(Guid visitorId)
    {
        if (_subscriptions.TryGetValue(visitorId, out var subscriptions))
        {
            foreach (var subscription in subscriptions)
            {
                subscription.Wake();
            }
        }
    }

    /// <summary>After notifications may have been missed.</summary>
    public void WakeAll()
    {
        foreach (var subscription in _subscriptions.Values.SelectMany(subscriptions => subscriptions))
        {
            subscription.Wake();
        }
    }

    private void Remove(Subscription subscription)
    {
        while (_subscriptions.TryGetValue(subscription.VisitorId, out var subscriptions))
        {
            Subscription[] rest = [.. subscriptions.Where(other => other != subscription)];
            if (rest.Length == 0
                ? _subscriptions.TryRemove(new KeyValuePair<Guid, Subscription[]>(subscription.VisitorId, subscriptions))
                : _subscriptions.TryUpdate(subscription.VisitorId, rest, subscriptions))
            {
                return;
            }
        }
    }

    internal sealed class Subscription(UpdateHub hub, Guid visitorId) : IDisposable
    {
        private readonly Channel<bool> _slot = Channel.CreateBounded<bool>(
            new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

        public Guid VisitorId { get; } = visitorId;

        public void Wake() => _slot.Writer.TryWrite(true);

        public ValueTask<bool> WaitAsync(CancellationToken cancellation) => _slot.Reader.ReadAsync(cancellation);

        public void Dispose() => hub.Remove(this);
    }
}
