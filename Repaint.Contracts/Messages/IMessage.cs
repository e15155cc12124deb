namespace Repaint.Contracts.Messages;

/// <summary>
/// A message on a queue: JSON body, <c>subject</c> = <see cref="Subject"/>, <c>message-id</c> = <see cref="MessageId"/>.
/// </summary>
public interface IMessage
{
    /// <summary>Version of the bodies' schema; a consumer dead-letters what is newer than it knows.</summary>
    const int CurrentSchemaVersion = 1;

    /// <summary>Message type, kebab-case; travels as the AMQP subject.</summary>
    static abstract string Subject { get; }

    /// <summary>The queue it belongs on, one of <see cref="QueueNames"/>.</summary>
    static abstract string Queue { get; }

    /// <summary>Version of this body's schema.</summary>
    int SchemaVersion { get; }

    /// <summary>Deterministic: the same fact sent twice has the same id. At most 128 characters.</summary>
    string MessageId { get; }

    /// <summary>Messages with the same key are relayed in the order in which they were written. At most 64 characters.</summary>
    string OrderingKey { get; }
}
