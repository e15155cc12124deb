using Repaint.Contracts.Messages;
using Repaint.Messaging;

namespace Repaint.ImageGateway.Clustering;

internal sealed class ClusteringStartedHandler(ClusteringResults results) : IMessageHandler<ClusteringStarted>
{
    public Task HandleAsync(ClusteringStarted message, MessageContext context, CancellationToken cancellation) =>
        results.StartedAsync(message, cancellation);
}

internal sealed class ClusteringCompletedHandler(ClusteringResults results) : IMessageHandler<ClusteringCompleted>
{
    public Task HandleAsync(ClusteringCompleted message, MessageContext context, CancellationToken cancellation) =>
        results.CompletedAsync(message, cancellation);
}

internal sealed class ClusteringFailedHandler(ClusteringResults results) : IMessageHandler<ClusteringFailed>
{
    public Task HandleAsync(ClusteringFailed message, MessageContext context, CancellationToken cancellation) =>
        results.FailedAsync(message.ImageId, message.Revision, message.Attempt, message.Reason, cancellation);
}
