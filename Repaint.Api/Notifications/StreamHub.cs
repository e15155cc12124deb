using System.Collections.Concurrent;

namespace Repaint.Api.Notifications;

/// <summary>
/// Wakes the streams of this instance that follow one thing (a visitor, an event), named by its id. What changed is read
/// from the database when the stream gets to it, so that a slow reader costs one slot and never misses the newest.
/// </summary>
/// <param name="channel">The channel on which the database notifies ids, separated by commas.</param>
/// <param name="maxStreams">Most streams of one id; more would be a leak or an attack.</param>
internal abstract class StreamHub(string channel, int maxStreams)
{
    private readonly ConcurrentDictionary<Guid, Subscription[]> _subscriptions = new();

    public string DatabaseChannel { get; } = channel;

    /// <summary>Every stream there is; some may come or go meanwhile.</summary>
    public IEnumerable<Subscription> All
    {
        get
        {
            foreach (var (_, subscriptions) in _subscriptions)
            {
                foreach (var subscription in subscriptions)
                {
                    yield return subscription;
                }
            }
        }
    }

    /// <summary>False when the id has too many streams already.</summary>
    public bool TryAdd(Subscription subscription)
    {
        while (true)
        {
            if (!_subscriptions.TryGetValue(subscription.Id, out var others))
            {
                if (_subscriptions.TryAdd(subscription.Id, [subscription]))
                {
                    return true;
                }
            }
            else if (others.Length >= maxStreams)
            {
                return false;
            }
            else if (_subscriptions.TryUpdate(subscription.Id, [.. others, subscription], others))
            {
                return true;
            }
        }
    }

    public void Remove(Subscription subscription)
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
        foreach (var subscription in All)
        {
            subscription.Wake();
        }
    }

    /// <summary>One stream's place in the hub.</summary>
    internal abstract class Subscription(Guid id)
    {
        public Guid Id { get; } = id;

        /// <summary>Something may be new. Returns at once.</summary>
        public abstract void Wake();
    }
}
