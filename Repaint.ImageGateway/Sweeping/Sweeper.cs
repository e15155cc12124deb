using Azure;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Repaint.Contracts;
using Repaint.Contracts.Messages;
using Repaint.ImageGateway.Images;
using Repaint.ImageGateway.Renderings;
using Repaint.Messaging.Outbox;
using Repaint.ServiceDefaults.Telemetry;

namespace Repaint.ImageGateway.Sweeping;

/// <summary>
/// Finds what got stuck, because a message or a result was lost in a way that nothing else notices: it is asked for again,
/// and failed after several times.
/// </summary>
internal sealed partial class Sweeper(
    IServiceScopeFactory scopes, TimeProvider time, IOptions<GatewayOptions> options, ILogger<Sweeper> logger) : BackgroundService
{
    private const int BatchSize = 100;
    private const int MaxAttempts = 5;

    /// <summary>Deals with what is stuck now; returns how many images and paintings that was.</summary>
    public async Task<int> SweepAsync(CancellationToken cancellation)
    {
        await using var scope = scopes.CreateAsyncScope();
        var before = time.GetUtcNow() - options.Value.StuckAfter;
        var context = scope.ServiceProvider.GetRequiredService<GatewayDbContext>();
        var metrics = scope.ServiceProvider.GetRequiredService<GatewayMetrics>();
        var swept = 0;
        foreach (var (imageId, revision) in await StuckImagesAsync(context, before, cancellation))
        {
            if (await AskAgainAsync(context, imageId, revision, before, cancellation))
            {
                metrics.Swept("stuck-image");
                swept++;
            }
        }

        foreach (var painting in await StuckPaintingsAsync(context, before, cancellation))
        {
            if (await PaintAgainAsync(scope.ServiceProvider, context, painting, cancellation))
            {
                metrics.Swept("stuck-painting");
                swept++;
            }
        }

        if (swept > 0)
        {
            Log.Swept(logger, swept);
        }

        return swept;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var inventory = time.GetUtcNow();
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(options.Value.SweepInterval, time, stoppingToken);
            try
            {
                await SweepAsync(stoppingToken);
                if (time.GetUtcNow() - inventory >= options.Value.InventoryInterval)
                {
                    await using var scope = scopes.CreateAsyncScope();
                    await scope.ServiceProvider.GetRequiredService<Inventory>().TakeAsync(stoppingToken);
                    inventory = time.GetUtcNow();
                }
            }
            catch (Exception exception) when (exception is RequestFailedException || ServerTroubleHandler.IsServerTrouble(exception))
            {
                Log.Postponed(logger, exception);
            }
        }
    }

    // What still waits in the outbox is not stuck: the broker is away.
    private static async Task<List<(Guid ImageId, int Revision)>> StuckImagesAsync(
        GatewayDbContext context, DateTimeOffset before, CancellationToken cancellation) =>
        [.. (await context.Revisions.FromSql(
            $"""
            SELECT row.* FROM image_revisions AS row
            WHERE row.state IN ('Stored', 'Queued', 'Clustering') AND coalesce(row.clustering_at, row.queued_at, row.received_at) < {before}
              AND NOT EXISTS (SELECT FROM outbox_messages WHERE ordering_key = replace(row.image_id::text, '-', ''))
            ORDER BY row.image_id LIMIT {BatchSize}
            """).AsNoTracking().ToListAsync(cancellation)).Select(row => (row.ImageId, row.Revision))];

    private Task<bool> AskAgainAsync(
        GatewayDbContext context, Guid imageId, int revision, DateTimeOffset before, CancellationToken cancellation) =>
        context.InTransactionAsync(async token =>
        {
            var image = await context.RaiseVersionAsync(imageId, token);
            var row = await context.Revisions.SingleOrDefaultAsync(row => row.ImageId == imageId && row.Revision == revision, token);
            if (image is null || row?.State is not (ImageState.Stored or ImageState.Queued or ImageState.Clustering) || row.EnteredAt >= before)
            {
                return false;
            }

            using var activity = GatewayTelemetry.Source.StartLinked("ask again", row.TraceId, row.SpanId);
            var now = time.GetUtcNow();
            if (row.Attempt < MaxAttempts)
            {
                row.Requeue(now);
                context.Publish(new ClusterImage(image.EventId, image.Id, row.Revision, row.Attempt, row.PaletteCount), time);
            }
            else
            {
                row.State = ImageState.Failed;
                row.Reason = FailureReasons.RetriesExhausted;
                row.FailedAt = now;
                if (image.ServingRevision == row.Revision)
                {
                    await context.StopServingAsync(image.Id, now, token);
                }
            }

            context.PublishState(image, row, time);
            return true;
        }, cancellation);

    private static Task<List<Rendering>> StuckPaintingsAsync(
        GatewayDbContext context, DateTimeOffset before, CancellationToken cancellation) =>
        context.Renderings.FromSql(
            $"""
            SELECT row.* FROM renderings AS row
            WHERE row.state IN ('Queued', 'Generating') AND coalesce(row.generating_at, row.queued_at) < {before}
              AND NOT EXISTS (SELECT FROM outbox_messages WHERE ordering_key = replace(row.image_id::text, '-', ''))
            ORDER BY row.image_id LIMIT {BatchSize}
            """).AsNoTracking().ToListAsync(cancellation);

    private async Task<bool> PaintAgainAsync(
        IServiceProvider services, GatewayDbContext context, Rendering painting, CancellationToken cancellation)
    {
        using var activity = GatewayTelemetry.Source.StartActivity("paint again");
        if (painting.Attempt >= MaxAttempts)
        {
            await services.GetRequiredService<PaintingResults>().FailedAsync(
                painting.ImageId, painting.Revision, painting.PaletteSet, painting.Size, painting.Attempt,
                FailureReasons.RetriesExhausted, cancellation);
            return true;
        }

        return await context.InTransactionAsync(async token =>
        {
            var images = await context.HoldImagesAsync([painting.ImageId], token);
            var changed = await context.Renderings
                .Where(row => row.ImageId == painting.ImageId && row.Revision == painting.Revision
                    && row.PaletteSet == painting.PaletteSet && row.Size == painting.Size && row.Attempt == painting.Attempt
                    && (row.State == RenderingState.Queued || row.State == RenderingState.Generating))
                .ExecuteUpdateAsync(set => set
                    .SetProperty(row => row.State, RenderingState.Queued)
                    .SetProperty(row => row.Attempt, row => row.Attempt + 1)
                    .SetProperty(row => row.QueuedAt, time.GetUtcNow())
                    .SetProperty(row => row.GeneratingAt, (DateTimeOffset?)null), token);
            if (changed == 0 || !images.TryGetValue(painting.ImageId, out var image))
            {
                return false;
            }

            context.Publish(
                new PaintRendering(
                    image.EventId, image.Id, painting.Revision, painting.PaletteSet, painting.Size, painting.Attempt + 1), time);
            return true;
        }, cancellation);
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "{Count} images or paintings were stuck: asked for again, or failed.")]
        public static partial void Swept(ILogger logger, int count);

        [LoggerMessage(LogLevel.Warning, "The sweep waits, because database or storage does not answer.")]
        public static partial void Postponed(ILogger logger, Exception exception);
    }
}
