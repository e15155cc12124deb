using Repaint.Contracts.Messages;

namespace Repaint.Messaging;

/// <summary>Sends to a queue at once, outside any transaction. State changes use the outbox instead.</summary>
public interface IMessageSender
{
    /// <summary>Sends one message to the queue of its type and returns once the broker has it safe.</summary>
    /// <exception cref="MessagingException">The broker did not accept it within the configured tries.</exception>
    Task SendAsync<TMessage>(TMessage message, CancellationToken cancellation = default)
        where TMessage : IMessage;
}
