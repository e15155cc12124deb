namespace Repaint.Messaging;

/// <summary>How a message came.</summary>
/// <param name="Queue">The queue; of a dead letter, the queue it was in before.</param>
/// <param name="MessageId">Its id.</param>
/// <param name="DeliveryCount">1 on the first delivery.</param>
/// <param name="EnqueuedAt">When the broker took it; null when the broker does not say.</param>
public sealed record MessageContext(string Queue, string MessageId, int DeliveryCount, DateTimeOffset? EnqueuedAt)
{
    /// <summary>Why it was dead-lettered; null in an ordinary processor.</summary>
    public DeadLetterCause? DeadLetter { get; init; }
}

/// <summary>Why a message is in a dead-letter queue.</summary>
/// <param name="Reason">
/// What a <see cref="PermanentMessageException"/> carried, one of <see cref="DeadLetterReasons"/>, or the broker's own.
/// </param>
/// <param name="Description">For the operator.</param>
public sealed record DeadLetterCause(string? Reason, string? Description);

/// <summary>Reasons that messaging and the broker themselves give.</summary>
public static class DeadLetterReasons
{
    /// <summary>The broker's: every delivery failed.</summary>
    public const string MaxDeliveryCountExceeded = "MaxDeliveryCountExceeded";

    /// <summary>The broker's: the message outlived its time.</summary>
    public const string Expired = "TTLExpiredException";

    /// <summary>No handler of the queue knows the subject.</summary>
    public const string UnknownSubject = "unknown-subject";

    /// <summary>The body's schema is newer than this consumer.</summary>
    public const string NewerSchema = "newer-schema-version";

    /// <summary>The body is not what the subject promises.</summary>
    public const string Undecodable = "undecodable-body";
}
