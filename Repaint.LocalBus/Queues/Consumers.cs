namespace Repaint.LocalBus.Queues;

/// <summary>The receivers of one queue, served in turn. Not thread-safe: their queue guards them.</summary>
internal sealed class Consumers
{
    private readonly List<IConsumer> _consumers = [];
    private uint _next;

    public void Add(IConsumer consumer) => _consumers.Add(consumer);

    public void Remove(IConsumer consumer) => _consumers.Remove(consumer);

    public IReadOnlyList<IConsumer> All() => [.. _consumers];

    /// <summary>The next that has credit, of which one is used up; null when none has.</summary>
    public IConsumer? TakeNext()
    {
        for (var tried = 0; tried < _consumers.Count; tried++)
        {
            var consumer = _consumers[(int)(_next++ % (uint)_consumers.Count)];
            if (consumer.TryTakeCredit())
            {
                return consumer;
            }
        }

        return null;
    }
}
