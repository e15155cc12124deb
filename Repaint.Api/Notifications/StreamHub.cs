using System.Collections.Concurrent;
using System.Threading.Channels;

namespace Repaint.Api.Notifications;

/// <summary>
/// Wakes the streams of this instance that follow one thing (a visitor, an event), named by its id. Each has a slot for one wake-up: what changed is read from the database when the
/// stream gets to it, so that a slow reader costs one slot and never misses the newest.
/// </summary>
/// <param name="channel">The channel on which the database notifies ids, separated by commas.</param>
/// <param name="maxStreams">Most streams of one id; more would be a leak or an attack.</param>
internal abstract class StreamHub(string channel, int maxStreams)
{
    private readonly ConcurrentDictionary<Guid, Subscription[]> _subscriptions = new();

    public string DatabaseChannel { get; } = channel;

    /// <summary>Null when the id has too many streams already.</summary>
    public Subscription? Subscribe(Guid id)
    {
        var subscription = new Subscription(this, id);
        while (true)
        {
            if (!_subscriptions.TryGetValue(id, out var others))
            {
                if (_subscriptions.TryAdd(id, [subscription]))
                {
                    return subscription;
                }
            }
            else if (others.Length >= maxStreams)
            {
                return null;
            }
            else if (_subscriptions.TryUpdate(id, [.. others, subscription], others))
            {
                return subscription;
            }
        }
    }

    public void Wake(Guid id)
    {
        if (_subscriptions.TryGetValue(id, out var subscriptions))
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
        while (_subscriptions.TryGetValue(subscription.Id, out var subscriptions))
        {
            Subscription[] rest = [.. subscriptions.Where(other => other != subscription)];
            if (rest.Length == 0
                ? _subscriptions.TryRemove(new KeyValuePair<Guid, Subscription[]>(subscription.Id, subscriptions))
                : _subscriptions.TryUpdate(subscription.Id, rest, subscriptions))
            {
                return;
            }
        }
    }

    internal sealed class Subscription(StreamHub hub, Guid id) : IDisposable
    {
        private readonly Channel<bool> _slot = Channel.CreateBounded<bool>(
            new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

        public Guid Id { get; } = id;

        public void Wake() => _slot.Writer.TryWrite(true);

        public ValueTask<bool> WaitAsync(CancellationToken cancellation) => _slot.Reader.ReadAsync(cancellation);

        public void Dispose() => hub.Remove(this);
    }
}
