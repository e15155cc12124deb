namespace Repaint.LocalBus.Queues;

/// <summary>What is under peek-lock. Not thread-safe: its queue guards it.</summary>
internal sealed class HeldMessages(TimeSpan lockDuration, TimeProvider time)
{
    private readonly Dictionary<Guid, MessageLock> _byToken = [];
    private readonly HashSet<long> _sequences = [];

    public bool Contains(long sequence) => _sequences.Contains(sequence);

    public MessageLock Hold(long sequence)
    {
        var now = time.GetUtcNow();
        var held = new MessageLock(Guid.CreateVersion7(now), sequence, now + lockDuration);
        _byToken.Add(held.Token, held);
        _sequences.Add(sequence);
        return held;
    }

    public void Free(MessageLock held)
    {
        _byToken.Remove(held.Token);
        _sequences.Remove(held.Sequence);
    }

    /// <summary>Renews a lock; null when it is lost.</summary>
    public DateTimeOffset? Renew(Guid token) =>
        Find(token) is { } held ? held.Until = time.GetUtcNow() + lockDuration : null;

    /// <summary>Takes the decision about messages for the caller, about all or none; null when the lock of one is lost.</summary>
    public IReadOnlyList<MessageLock>? TakeDecision(IReadOnlyCollection<Guid> tokens)
    {
        var taken = new List<MessageLock>(tokens.Count);
        foreach (var token in tokens)
        {
            if (Find(token) is not { } held)
            {
                taken.ForEach(static one => one.Settling = false);
                return null;
            }

            held.Settling = true;
            taken.Add(held);
        }

        return taken;
    }

    /// <summary>Takes the decision about everything whose lock has expired.</summary>
    public IReadOnlyList<MessageLock> TakeExpired()
    {
        var now = time.GetUtcNow();
        List<MessageLock> expired = [.. _byToken.Values.Where(held => !held.Settling && held.Until <= now)];
        expired.ForEach(held => held.Settling = true);
        return expired;
    }

    private MessageLock? Find(Guid token) =>
        _byToken.TryGetValue(token, out var held) && !held.Settling && held.Until > time.GetUtcNow() ? held : null;
}
