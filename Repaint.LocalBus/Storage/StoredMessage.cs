namespace Repaint.LocalBus.Storage;

/// <summary>A row as delivered: the encoded AMQP message and what the broker adds to it.</summary>
internal sealed record StoredMessage(
    long Sequence,
    DateTimeOffset EnqueuedAt,
    int DeliveryCount,
    string? DeadLetterReason,
    string? DeadLetterDescription,
    byte[] Message);
