namespace Repaint.Messaging;

/// <summary>A message in a dead-letter queue, as the operator sees it.</summary>
/// <param name="SequenceNumber">Names it within its dead-letter queue.</param>
/// <param name="MessageId">Its id.</param>
/// <param name="Subject">The message type.</param>
/// <param name="EnqueuedAt">When the broker took it; null when the broker does not say.</param>
/// <param name="IsSetAside">Whether a dead-letter processor could do nothing with it and left it to the operator.</param>
/// <param name="Cause">Why it is there.</param>
/// <param name="Body">The body as text; empty when it was not asked for.</param>
public sealed record DeadLetter(
    long SequenceNumber, string MessageId, string? Subject, DateTimeOffset? EnqueuedAt, bool IsSetAside, DeadLetterCause Cause, string Body);
