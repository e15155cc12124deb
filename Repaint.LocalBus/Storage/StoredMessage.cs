namespace Repaint.LocalBus.Storage;

/// <summary>A row as delivered: the encoded AMQP message and what the broker adds to it.</summary>
internal sealed record StoredMessage(
    long Sequence,
    DateTimeOffset EnqueuedAt,
    int DeliveryCount,
    string? DeadLetterReason,
    string? DeadLetterDescription,
    byte[] Message,
    MessageState State);

/// <summary>As Service Bus numbers them in <c>x-opt-message-state</c>.</summary>
internal enum MessageState
{
    Active = 0,
    Deferred = 1,
    Scheduled = 2,
}
