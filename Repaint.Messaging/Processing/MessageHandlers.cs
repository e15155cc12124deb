using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Repaint.Contracts;
using Repaint.Contracts.Messages;

namespace Repaint.Messaging.Processing;

/// <summary>The handlers of one queue, by subject.</summary>
internal sealed class MessageHandlers
{
    private readonly Dictionary<string, Func<IServiceProvider, ReadOnlyMemory<byte>, MessageContext, CancellationToken, Task>> _bySubject = [];

    public bool IsEmpty => _bySubject.Count == 0;

    public void Add<TMessage, THandler>()
        where TMessage : IMessage
        where THandler : class, IMessageHandler<TMessage> =>
        _bySubject.Add(TMessage.Subject, static (services, body, context, cancellation) =>
            services.GetRequiredService<THandler>().HandleAsync(Decode<TMessage>(body), context, cancellation));

    /// <summary>Hands the message to its handler.</summary>
    /// <exception cref="PermanentMessageException">No handler knows it, its body cannot be read, or the handler says so.</exception>
    public Task HandleAsync(IServiceProvider services, ReceivedMessage message, MessageContext context, CancellationToken cancellation) =>
        _bySubject.TryGetValue(message.Subject ?? string.Empty, out var handle)
            ? handle(services, message.Body, context, cancellation)
            : throw new PermanentMessageException(DeadLetterReasons.UnknownSubject, $"No handler for subject '{message.Subject}'.");

    private static TMessage Decode<TMessage>(ReadOnlyMemory<byte> body)
        where TMessage : IMessage
    {
        try
        {
            // The version first: a newer body may well not decode as ours.
            var version = JsonSerializer.Deserialize<Envelope>(body.Span, ContractsJson.Options)?.SchemaVersion;
            if (version > IMessage.CurrentSchemaVersion)
            {
                throw new PermanentMessageException(
                    DeadLetterReasons.NewerSchema, $"Schema version {version}; this consumer knows {IMessage.CurrentSchemaVersion}.");
            }

            return JsonSerializer.Deserialize<TMessage>(body.Span, ContractsJson.Options)
                ?? throw new PermanentMessageException(DeadLetterReasons.Undecodable, "The body is null.");
        }
        catch (JsonException exception)
        {
            // Path and position only: the exception's own text can quote the body.
            throw new PermanentMessageException(
                DeadLetterReasons.Undecodable, $"The body cannot be read at {exception.Path}, byte {exception.BytePositionInLine}.", exception);
        }
    }

    private sealed record Envelope(int SchemaVersion);
}
