using Repaint.Contracts;
using Repaint.Contracts.Messages;
using Repaint.Messaging;

namespace Repaint.ImageGateway.Clustering;

/// <summary>A photograph whose every try failed is failed; staff may try it again.</summary>
internal sealed class ClusteringDeadLetterHandler(ClusteringResults results) : IMessageHandler<ClusterImage>
{
    public Task HandleAsync(ClusterImage message, MessageContext context, CancellationToken cancellation) =>
        results.FailedAsync(message.ImageId, message.Revision, message.Attempt, FailureReasons.RetriesExhausted, cancellation);
}
