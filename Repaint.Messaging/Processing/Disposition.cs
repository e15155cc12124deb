namespace Repaint.Messaging.Processing;

/// <summary>What becomes of a message.</summary>
internal abstract record Disposition(string Status)
{
    public sealed record Complete() : Disposition("complete");

    /// <summary>Given back, to be tried again.</summary>
    public sealed record Abandon() : Disposition("abandon");

    public sealed record DeadLetter(string Reason, string Description) : Disposition("dead_letter");

    /// <summary>Set aside for the operator: what a dead letter that cannot be handled becomes.</summary>
    public sealed record Defer() : Disposition("defer");

    /// <summary>The lock is gone: somebody else has the message, or will.</summary>
    public sealed record Lost() : Disposition("lock_lost");
}
