using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Repaint.Messaging.Connections;
using Repaint.Messaging.Outbox;
using Repaint.Messaging.Processing;

namespace Repaint.Messaging;

/// <summary>Adds processors and the outbox.</summary>
public sealed class MessagingBuilder(IHostApplicationBuilder builder)
{
    private const string DeadLetterQueue = "/$deadletterqueue";

    /// <summary>The host being built.</summary>
    public IHostApplicationBuilder Host { get; } = builder;

    /// <summary>Processes a queue with the given handlers, each chosen by the message's subject.</summary>
    public MessagingBuilder AddProcessor(string queue, Action<ProcessorBuilder> configure) =>
        AddProcessor(queue, deadLetters: false, configure);

    /// <summary>
    /// Processes a queue's dead letters; <see cref="MessageContext.DeadLetter"/> says why each is there. What no handler
    /// can take is deferred: it stays in the dead-letter queue for the operator and does not come again by itself.
    /// </summary>
    public MessagingBuilder AddDeadLetterProcessor(string queue, Action<ProcessorBuilder> configure) =>
        AddProcessor(queue, deadLetters: true, configure);

    /// <summary>
    /// Relays what <typeparamref name="TContext"/> publishes through its outbox. The context's factory must be registered.
    /// </summary>
    public MessagingBuilder AddOutbox<TContext>()
        where TContext : DbContext
    {
        Host.Services.AddSingleton<OutboxMetrics>();
        Host.Services.AddSingleton<OutboxBatch<TContext>>();
        Host.Services.AddHostedService<OutboxRelay<TContext>>();
        return this;
    }

    private MessagingBuilder AddProcessor(string queue, bool deadLetters, Action<ProcessorBuilder> configure)
    {
        var address = deadLetters ? queue + DeadLetterQueue : queue;
        var section = $"{ProcessorOptions.Section}:{(deadLetters ? queue + "-dead-letters" : queue)}";
        var processor = new ProcessorBuilder(Host.Services, queue, address);
        configure(processor);
        if (processor.Handlers.IsEmpty)
        {
            throw new ArgumentException($"The processor of {address} has no handlers.", nameof(configure));
        }

        Host.Services.AddOptions<ProcessorOptions>(address).BindConfiguration(section).ValidateDataAnnotations().ValidateOnStart();
        // Not AddHostedService, which takes only one of a type.
        Host.Services.AddSingleton<IHostedService>(services => Create(services, queue, address, deadLetters, processor.Handlers));
        return this;
    }

    private static QueueProcessor Create(
        IServiceProvider services, string queue, string address, bool deadLetters, MessageHandlers handlers)
    {
        var connection = services.GetRequiredKeyedService<BusConnection>(MessagingExtensions.ReceiveConnection);
        var options = services.GetRequiredService<IOptionsMonitor<ProcessorOptions>>().Get(address);
        var time = services.GetRequiredService<TimeProvider>();
        var runner = ActivatorUtilities.CreateInstance<MessageRunner>(
            services, queue, deadLetters, options, handlers, new QueueManagement(address, connection, time));
        return new QueueProcessor(address, options, runner, connection, time, services.GetRequiredService<ILogger<QueueProcessor>>());
    }
}
