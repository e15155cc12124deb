namespace Repaint.LocalBus.Queues;

/// <summary>What a receiver decides about a message it holds.</summary>
internal abstract record Settlement
{
    /// <summary>Changes the stored message along with it; null when it stays as it is.</summary>
    public Func<byte[], byte[]>? Rewrite { get; init; }

    public sealed record Complete : Settlement;

    /// <summary>Give back; counts as a failed delivery. Also what an expired lock amounts to.</summary>
    public sealed record Abandon : Settlement;

    public sealed record Defer : Settlement;

    public sealed record DeadLetter(string? Reason, string? Description) : Settlement;
}

internal enum SettlementResult
{
    Settled,
    LockLost,
    Failed,
}
