using Repaint.Contracts;
using Repaint.Contracts.Messages;
using Repaint.Messaging;

namespace Repaint.ImageGateway.Renderings;

/// <summary>A painting whose every try failed is failed; the next request for it starts it again.</summary>
internal sealed class PaintingDeadLetterHandler(PaintingResults results) : IMessageHandler<PaintRendering>
{
    public Task HandleAsync(PaintRendering message, MessageContext context, CancellationToken cancellation) => results.FailedAsync(
        message.ImageId, message.Revision, message.PaletteSet, message.Size, message.Attempt,
        FailureReasons.RetriesExhausted, cancellation);
}
