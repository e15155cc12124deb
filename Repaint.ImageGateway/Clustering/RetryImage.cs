using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Repaint.Contracts;
using Repaint.Contracts.Http;
using Repaint.Contracts.Messages;
using Repaint.ImageGateway.Images;
using Repaint.ImageGateway.Renderings;
using Repaint.Messaging.Outbox;
using Repaint.ServiceDefaults.Problems;

namespace Repaint.ImageGateway.Clustering;

internal static class RetryEndpoints
{
    public static void MapRetry(this IEndpointRouteBuilder routes) => routes
        .MapPost(GatewayRoutes.Images + "/{imageId:guid}/retry", RetryAsync)
        .WithName("RetryImage")
        .WithSummary("Tries again what failed: clustering the newest revision, or paintings of the one that serves.");

    private static async Task<Results<Accepted, ProblemHttpResult>> RetryAsync(
        Guid imageId, [FromServices] RetryImage retry, CancellationToken cancellation)
    {
        GatewayTelemetry.Describe(imageId);
        return await retry.RetryAsync(imageId, cancellation) switch
        {
            true => TypedResults.Accepted((string?)null),
            false => Problem.Of(StatusCodes.Status409Conflict, ErrorCodes.WrongState, "Nothing of this image has failed."),
            null => Problem.Of(StatusCodes.Status404NotFound, ErrorCodes.NotFound, "There is no such image."),
        };
    }
}

internal sealed class RetryImage(GatewayDbContext context, TimeProvider time)
{
    /// <summary>Queues what failed; false when nothing has, null when there is no such image.</summary>
    public async Task<bool?> RetryAsync(Guid imageId, CancellationToken cancellation)
    {
        var exists = false;
        var retried = await context.InTransactionAsync(async token =>
        {
            var image = await context.RaiseVersionAsync(imageId, token);
            exists = image is not null;
            return image is not null && (await RetryClusteringAsync(image, token) || await RetryPaintingsAsync(image, token));
        }, cancellation);
        return exists ? retried : null;
    }

    private async Task<bool> RetryClusteringAsync(Image image, CancellationToken cancellation)
    {
        var newest = await context.Revisions
            .Where(row => row.ImageId == image.Id && row.State != ImageState.Received)
            .OrderByDescending(row => row.Revision).FirstOrDefaultAsync(cancellation);
        if (newest?.State != ImageState.Failed)
        {
            return false;
        }

        newest.Requeue(time.GetUtcNow());
        context.Publish(new ClusterImage(image.EventId, image.Id, newest.Revision, newest.Attempt, newest.PaletteCount), time);
        context.PublishState(image, newest, time);
        return true;
    }

    private async Task<bool> RetryPaintingsAsync(Image image, CancellationToken cancellation)
    {
        var failed = await context.Renderings.AsNoTracking()
            .Where(row => row.ImageId == image.Id && row.Revision == image.ServingRevision && row.State == RenderingState.Failed)
            .ToListAsync(cancellation);
        foreach (var size in failed.GroupBy(row => row.Size))
        {
            var wanted = size
                .Select(row => new WantedPainting(image.EventId, row.ImageId, row.Revision, row.PaletteSet, row.Size)).ToList();
            await context.StartPaintingsAsync(wanted, size.Key, time, cancellation);
        }

        return failed.Count > 0;
    }
}
