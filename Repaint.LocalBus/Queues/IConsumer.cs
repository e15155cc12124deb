using Repaint.LocalBus.Storage;

namespace Repaint.LocalBus.Queues;

/// <summary>A receiver attached to a queue: what the queue, which knows no AMQP, needs of the link.</summary>
internal interface IConsumer
{
    /// <summary>Receive-and-delete instead of peek-lock.</summary>
    bool Settled { get; }

    /// <summary>Uses up one credit; false when there is none.</summary>
    bool TryTakeCredit();

    /// <summary>Puts a credit back that was not used.</summary>
    void ReturnCredit();

    /// <summary>Sends; false when the receiver is gone and the message was not sent.</summary>
    bool Send(StoredMessage message, Guid lockToken, DateTimeOffset lockedUntil);

    /// <summary>There is nothing more to deliver now.</summary>
    void Drained();
}
