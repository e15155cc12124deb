using System.Collections.Concurrent;
using Repaint.Contracts.Messages;
using Repaint.Messaging;

namespace Repaint.Tests.Infrastructure;

/// <summary>Keeps what is sent; can be told to fail, as a broker does.</summary>
internal sealed class RecordingSender : IMessageSender
{
    private readonly ConcurrentQueue<object> _sent = new();

    public IReadOnlyList<object> Sent => [.. _sent];

    /// <summary>Types of messages that the broker does not take.</summary>
    public HashSet<Type> Refused { get; } = [];

    public Task SendAsync<TMessage>(TMessage message, CancellationToken cancellation = default)
        where TMessage : IMessage
    {
        if (Refused.Contains(typeof(TMessage)))
        {
            return Task.FromException(new MessagingException("The broker is away."));
        }

        _sent.Enqueue(message);
        return Task.CompletedTask;
    }

    public async Task SendBatchAsync<TMessage>(IReadOnlyCollection<TMessage> messages, CancellationToken cancellation = default)
        where TMessage : IMessage
    {
        foreach (var message in messages)
        {
            await SendAsync(message, cancellation);
        }
    }

    public Task ScheduleAsync<TMessage>(TMessage message, DateTimeOffset due, CancellationToken cancellation = default)
        where TMessage : IMessage => SendAsync(message, cancellation);
}
