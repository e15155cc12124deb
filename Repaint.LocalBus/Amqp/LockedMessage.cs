using Amqp;
using Amqp.Framing;
using Amqp.Types;
using Repaint.LocalBus.Storage;

namespace Repaint.LocalBus.Amqp;

/// <summary>A stored message dressed for delivery, carrying its lock token to the delivery tag.</summary>
internal sealed class LockedMessage : Message
{
    private LockedMessage(Guid lockToken) => LockToken = lockToken;

    public Guid LockToken { get; }

    public static LockedMessage Of(StoredMessage stored, Guid lockToken, DateTimeOffset lockedUntil, string? deadLetterSource)
    {
        var message = Dress(stored, deadLetterSource);
        message.MessageAnnotations.Map[new Symbol("x-opt-locked-until")] = lockedUntil.UtcDateTime;
        return new LockedMessage(lockToken)
        {
            Header = message.Header,
            MessageAnnotations = message.MessageAnnotations,
            Properties = message.Properties,
            ApplicationProperties = message.ApplicationProperties,
            BodySection = message.BodySection,
            Footer = message.Footer,
        };
    }

    /// <summary>The message with what the broker tells of it, unlocked.</summary>
    public static Message Dress(StoredMessage stored, string? deadLetterSource)
    {
        var message = Decode(new ByteBuffer(stored.Message, 0, stored.Message.Length, stored.Message.Length));
        message.Header ??= new Header();
        message.Header.DeliveryCount = (uint)stored.DeliveryCount;
        message.MessageAnnotations ??= new MessageAnnotations();
        message.MessageAnnotations.Map[new Symbol("x-opt-sequence-number")] = stored.Sequence;
        message.MessageAnnotations.Map[new Symbol("x-opt-enqueued-time")] = stored.EnqueuedAt.UtcDateTime;
        if (deadLetterSource is not null)
        {
            message.MessageAnnotations.Map[new Symbol("x-opt-deadletter-source")] = deadLetterSource;
            message.ApplicationProperties ??= new ApplicationProperties();
            message.ApplicationProperties["DeadLetterReason"] = stored.DeadLetterReason;
            message.ApplicationProperties["DeadLetterErrorDescription"] = stored.DeadLetterDescription;
        }

        return message;
    }
}
