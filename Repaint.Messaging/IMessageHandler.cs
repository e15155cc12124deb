using Repaint.Contracts.Messages;

namespace Repaint.Messaging;

/// <summary>
/// Handles one type of message; made per message in a scope of its own. Returning completes the message; throwing
/// <see cref="PermanentMessageException"/> dead-letters it; throwing anything else gives it back, to be tried again
/// after a back-off until the queue's maximum delivery count dead-letters it. The same message may come twice, and
/// an old one late: handling must be idempotent.
/// </summary>
/// <typeparam name="TMessage">The message type.</typeparam>
public interface IMessageHandler<in TMessage>
    where TMessage : IMessage
{
    /// <summary>Handles the message.</summary>
    /// <param name="message">The body.</param>
    /// <param name="context">How it came.</param>
    /// <param name="cancellation">Fires when the lock is lost, the time limit has passed or the process stops.</param>
    Task HandleAsync(TMessage message, MessageContext context, CancellationToken cancellation);
}
