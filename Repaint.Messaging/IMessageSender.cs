using Repaint.Contracts.Messages;

namespace Repaint.Messaging;

/// <summary>Sends to a queue at once, outside any transaction. State changes use the outbox instead.</summary>
public interface IMessageSender
{
    /// <summary>Sends one message to the queue of its type and returns once the broker has it safe.</summary>
    /// <exception cref="MessagingException">The broker did not accept it within the configured tries.</exception>
    Task SendAsync<TMessage>(TMessage message, CancellationToken cancellation = default)
        where TMessage : IMessage;

    /// <summary>
    /// Sends several messages in as few transfers as they fit into. A transfer is taken as a whole or not at all; when
    /// one is refused, those before it are with the broker.
    /// </summary>
    /// <exception cref="MessagingException">The broker did not accept one within the configured tries.</exception>
    Task SendBatchAsync<TMessage>(IReadOnlyCollection<TMessage> messages, CancellationToken cancellation = default)
        where TMessage : IMessage;

    /// <summary>Sends one message that nobody receives before <paramref name="due"/>; the broker keeps it meanwhile.</summary>
    /// <exception cref="MessagingException">The broker did not accept it within the configured tries.</exception>
    Task ScheduleAsync<TMessage>(TMessage message, DateTimeOffset due, CancellationToken cancellation = default)
        where TMessage : IMessage;
}
