using System.Diagnostics;
using Repaint.Contracts;
using Repaint.Contracts.Messages;
using Repaint.Messaging.Outbox;

namespace Repaint.ImageGateway.Renderings;

/// <summary>What became of a painting.</summary>
internal sealed record RenderingFact(
    Guid EventId, Guid ImageId, int Revision, PaletteSet PaletteSet, RenderingState State, int Attempt, string? Reason);

internal static class RenderingFacts
{
    /// <summary>Tells the API, in as many messages as the waiters need.</summary>
    public static void PublishRendering(
        this GatewayDbContext context,
        RenderingFact fact,
        IReadOnlyList<RenderingWaiter> waiters,
        TimeProvider time,
        ActivityContext? cause = null)
    {
        var now = time.GetUtcNow();
        foreach (var chunk in waiters.Chunk(RenderingUpdated.MaxWaiters))
        {
            context.Publish(
                new RenderingUpdated(
                    Guid.CreateVersion7(now), fact.EventId, fact.ImageId, fact.Revision, fact.PaletteSet, fact.State, fact.Attempt,
                    fact.Reason, now, chunk),
                time, cause);
        }
    }
}
