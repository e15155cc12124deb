using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Repaint.Contracts;
using Repaint.Contracts.Http;
using Repaint.Contracts.Messages;
using Repaint.ImageGateway.Erasure;
using Repaint.ImageGateway.Images;
using Repaint.ImageGateway.Renderings;

namespace Repaint.ImageGateway.Clustering;

/// <summary>What clustering workers tell. Each result applies once, to the attempt it belongs to, or not at all.</summary>
internal sealed class ClusteringResults(
    GatewayDbContext context,
    PaintingRequests paintings,
    LateResults late,
    ErasureSignal signal,
    GatewayMetrics metrics,
    TimeProvider time,
    IOptions<GatewayOptions> options)
{
    private const int WaitersAtOnce = 500;

    public Task StartedAsync(ClusteringStarted message, CancellationToken cancellation) => ChangeAsync(
        message.ImageId, message.Revision, message.Attempt,
        from: state => state == ImageState.Queued,
        change: revision =>
        {
            revision.State = ImageState.Clustering;
            revision.ClusteringAt = time.GetUtcNow();
        },
        cancellation);

    public async Task FailedAsync(Guid imageId, int revision, int attempt, string reason, CancellationToken cancellation)
    {
        var applied = await ChangeAsync(
            imageId, revision, attempt,
            from: IsUnderway,
            change: row =>
            {
                row.State = ImageState.Failed;
                row.Reason = reason;
                row.FailedAt = time.GetUtcNow();
            },
            cancellation,
            // One that served was being made again because parts of it were lost.
            (image, row, token) => image.ServingRevision == row.Revision
                ? context.StopServingAsync(image.Id, time.GetUtcNow(), token)
                : Task.CompletedTask);
        if (applied)
        {
            metrics.Failed(QueueNames.Clustering, reason);
        }
    }

    public async Task CompletedAsync(ClusteringCompleted message, CancellationToken cancellation)
    {
        var (queuedAt, begunAt) = (time.GetUtcNow(), default(DateTimeOffset?));
        var applied = await ChangeAsync(
            message.ImageId, message.Revision, message.Attempt,
            from: IsUnderway,
            change: revision =>
            {
                (queuedAt, begunAt) = (revision.QueuedAt ?? revision.ReceivedAt, revision.ClusteringAt);
                revision.State = ImageState.Clustered;
                revision.ClusteredAt = time.GetUtcNow();
                revision.Palettes = message.Palettes;
                revision.Width = message.Width;
                revision.Height = message.Height;
            },
            cancellation,
            SwapAsync);
        if (applied)
        {
            signal.Set();
            metrics.Done(QueueNames.Clustering, queuedAt, begunAt, time.GetUtcNow());
            await context.MeasureFirstPaintingsAsync([message.ImageId], metrics, time, cancellation);
        }
        else
        {
            await late.EraseAsync(message.ImageId, message.Revision, cancellation);
        }
    }

    private static bool IsUnderway(ImageState state) => state is ImageState.Queued or ImageState.Clustering;

    private Task<bool> ChangeAsync(
        Guid imageId,
        int revision,
        int attempt,
        Func<ImageState, bool> from,
        Action<ImageRevision> change,
        CancellationToken cancellation,
        Func<Image, ImageRevision, CancellationToken, Task>? then = null)
    {
        GatewayTelemetry.Describe(imageId, revision);
        return context.InTransactionAsync(async token =>
        {
            // The image's row is the lock under which its revisions change.
            var image = await context.RaiseVersionAsync(imageId, token);
            var row = await context.Revisions.SingleOrDefaultAsync(
                row => row.ImageId == imageId && row.Revision == revision && row.Attempt == attempt, token);
            if (image is null || row is null || !from(row.State))
            {
                return false;
            }

            change(row);
            context.PublishState(image, row, time);
            if (then is not null)
            {
                await context.SaveChangesAsync(token);
                await then(image, row, token);
            }

            return true;
        }, cancellation);
    }

    // From here on every link of the image serves this revision. Downloads that began with the old one may finish: its
    // blobs go when their leases have ended.
    private async Task SwapAsync(Image image, ImageRevision clustered, CancellationToken cancellation)
    {
        using var activity = GatewayTelemetry.Source.StartActivity(TelemetryAttributes.ImageSwapSpan);
        GatewayTelemetry.Describe(image, clustered);
        var now = time.GetUtcNow();
        await context.Images.Where(row => row.Id == image.Id)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.ServingRevision, clustered.Revision), cancellation);
        var replaced = await context.Revisions.Where(row => row.ImageId == image.Id && row.Revision < clustered.Revision)
            .Select(row => row.Revision).ToListAsync(cancellation);
        foreach (var revision in replaced)
        {
            await context.OrderRevisionErasureAsync(
                new ImageBlobNames(image.EventId, image.Id, revision),
                now + options.Value.DeliveryLease, now + options.Value.ErasureMemory, cancellation);
        }

        await context.Revisions.Where(row => row.ImageId == image.Id && row.Revision < clustered.Revision).ExecuteDeleteAsync(cancellation);
        await AnswerWaitersAsync(image.Id, cancellation);
    }

    private async Task AnswerWaitersAsync(Guid imageId, CancellationToken cancellation)
    {
        var waiting = await context.VisitorPictures.AsNoTracking()
            .Where(picture => picture.ImageId == imageId && picture.CurrentRequestNo < picture.RequestNo)
            .OrderBy(picture => picture.VisitorId)
            .Select(picture => new RenderRequest(picture.ImageId, picture.VisitorId, picture.RequestNo, picture.RequestedSet, null))
            .ToListAsync(cancellation);
        foreach (var chunk in waiting.Chunk(WaitersAtOnce))
        {
            await paintings.ApplyAsync(context, chunk, cancellation);
        }
    }
}
