namespace Repaint.LocalBus.Queues;

/// <summary>
/// One delivery under peek-lock. Locks live in memory: after a restart every message is simply waiting again.
/// </summary>
internal sealed class MessageLock(Guid token, long sequence, DateTimeOffset until)
{
    public Guid Token { get; } = token;

    public long Sequence { get; } = sequence;

    public DateTimeOffset Until { get; set; } = until;

    /// <summary>Its outcome is being written; nothing else may decide about it any more.</summary>
    public bool Settling { get; set; }
}
