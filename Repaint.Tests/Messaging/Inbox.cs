using System.Threading.Channels;
using Microsoft.Extensions.DependencyInjection;
using Repaint.Contracts.Messages;
using Repaint.Messaging;

namespace Repaint.Tests.Messaging;

/// <summary>What a test's handler does, and what it was given.</summary>
internal sealed class Inbox
{
    private readonly Channel<(ClusterImage Message, MessageContext Context)> _received =
        Channel.CreateUnbounded<(ClusterImage, MessageContext)>();

    /// <summary>Runs in the handler, after the message is noted.</summary>
    public Func<ClusterImage, MessageContext, CancellationToken, Task> Handle { get; set; } = (_, _, _) => Task.CompletedTask;

    public static ClusterImage Message(int attempt = 1, Guid? imageId = null) =>
        new(Guid.CreateVersion7(), imageId ?? Guid.CreateVersion7(), Revision: 1, attempt, PaletteCount: 8);

    public async Task<(ClusterImage Message, MessageContext Context)> ReceiveAsync() =>
        await _received.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromMinutes(3));

    public bool IsEmpty => !_received.Reader.TryPeek(out _);

    internal sealed class DeadLetterHandler([FromKeyedServices("dead")] Inbox inbox) : IMessageHandler<ClusterImage>
    {
        public Task HandleAsync(ClusterImage message, MessageContext context, CancellationToken cancellation) =>
            new Handler(inbox).HandleAsync(message, context, cancellation);
    }

    internal sealed class Handler(Inbox inbox) : IMessageHandler<ClusterImage>
    {
        public async Task HandleAsync(ClusterImage message, MessageContext context, CancellationToken cancellation)
        {
            inbox._received.Writer.TryWrite((message, context));
            await inbox.Handle(message, context, cancellation);
        }
    }
}
