using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Repaint.Contracts.Messages;
using Repaint.Messaging.Processing;

namespace Repaint.Messaging;

/// <summary>Chooses the handlers of one queue.</summary>
public sealed class ProcessorBuilder
{
    private readonly IServiceCollection _services;
    private readonly string _optionsName;

    internal ProcessorBuilder(IServiceCollection services, string queue, string optionsName)
    {
        _services = services;
        _optionsName = optionsName;
        Queue = queue;
    }

    /// <summary>The queue.</summary>
    public string Queue { get; }

    internal MessageHandlers Handlers { get; } = new();

    /// <summary>Handles messages of a type.</summary>
    public ProcessorBuilder Handle<TMessage, THandler>()
        where TMessage : IMessage
        where THandler : class, IMessageHandler<TMessage>
    {
        _services.TryAddScoped<THandler>();
        Handlers.Add<TMessage, THandler>();
        return this;
    }

    /// <summary>Sets concurrency, time limit and back-off; configuration overrides it.</summary>
    public ProcessorBuilder Configure(Action<ProcessorOptions> configure)
    {
        _services.Configure(_optionsName, configure);
        return this;
    }
}
