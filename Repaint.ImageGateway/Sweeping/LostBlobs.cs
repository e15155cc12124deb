using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Microsoft.EntityFrameworkCore;
using Repaint.Contracts;
using Repaint.Contracts.Messages;
using Repaint.ImageGateway.Images;
using Repaint.ImageGateway.Renderings;
using Repaint.Messaging.Outbox;

namespace Repaint.ImageGateway.Sweeping;

/// <summary>
/// What to do when storage has lost blobs of a revision that serves: paintings are painted again, palettes and sketch are
/// made again from the original; without an original the image has failed, and its links are revoked.
/// </summary>
internal sealed partial class LostBlobs(
    GatewayDbContext context, BlobContainerClient container, GatewayMetrics metrics, TimeProvider time, ILogger<LostBlobs> logger)
{
    /// <summary>The blobs that every clustered revision has.</summary>
    public static string[] PartsOf(ImageBlobNames names) =>
        [names.Original, names.OriginalView, names.OriginalThumbnail, names.Sketch, names.SketchThumbnail, names.Clusters];

    /// <summary>Compares a revision with storage; false when nothing is missing, or it is being mended, or does not serve.</summary>
    public async Task<bool> MendAsync(Guid imageId, int revision, CancellationToken cancellation)
    {
        var image = await context.Images.AsNoTracking().SingleOrDefaultAsync(
            row => row.Id == imageId && row.ServingRevision == revision, cancellation);
        if (image is null)
        {
            return false;
        }

        var names = new ImageBlobNames(image.EventId, imageId, revision);
        var existing = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var blob in container.GetBlobsAsync(new GetBlobsOptions { Prefix = names.Prefix }, cancellation))
        {
            existing.Add(blob.Name);
        }

        return PartsOf(names).All(existing.Contains)
            ? await PaintAgainAsync(names, existing, cancellation)
            : await StartAgainAsync(names, existing, cancellation);
    }

    private Task<bool> StartAgainAsync(ImageBlobNames names, HashSet<string> existing, CancellationToken cancellation) =>
        context.InTransactionAsync(async token =>
        {
            var image = await context.RaiseVersionAsync(names.ImageId, token);
            var row = await context.Revisions.SingleOrDefaultAsync(
                row => row.ImageId == names.ImageId && row.Revision == names.Revision && row.State == ImageState.Clustered, token);
            if (image?.ServingRevision != names.Revision || row is null)
            {
                return false;
            }

            var now = time.GetUtcNow();
            if (existing.Contains(names.Original) || existing.Contains(names.Upload))
            {
                // The map marks a photograph as done, and a new one may move an edge under the paintings.
                foreach (var name in existing.Where(name => name == names.Clusters || IsPainting(names, name)))
                {
                    await container.DeleteBlobIfExistsAsync(name, cancellationToken: token);
                }

                row.Requeue(now);
                context.Publish(new ClusterImage(image.EventId, image.Id, row.Revision, row.Attempt, row.PaletteCount), time);
                Log.StartedAgain(logger, names.ImageId, names.Revision);
                metrics.Swept("lost-parts");
            }
            else
            {
                row.State = ImageState.Failed;
                row.Reason = FailureReasons.StorageLost;
                row.FailedAt = now;
                await context.StopServingAsync(image.Id, now, token);
                Log.Lost(logger, names.ImageId, names.Revision);
                metrics.Swept("lost-original");
            }

            context.PublishState(image, row, time);
            await context.Renderings.Where(painting => painting.ImageId == image.Id && painting.Revision == row.Revision)
                .ExecuteUpdateAsync(set => set
                    .SetProperty(painting => painting.State, RenderingState.Failed)
                    .SetProperty(painting => painting.Reason, FailureReasons.StorageLost)
                    .SetProperty(painting => painting.FailedAt, now), token);
            await context.VisitorPictures.Where(picture => picture.ImageId == image.Id)
                .ExecuteUpdateAsync(set => set.SetProperty(picture => picture.CurrentRequestNo, 0), token);
            return true;
        }, cancellation);

    private Task<bool> PaintAgainAsync(ImageBlobNames names, HashSet<string> existing, CancellationToken cancellation) =>
        context.InTransactionAsync(async token =>
        {
            var images = await context.HoldImagesAsync([names.ImageId], token);
            var paintings = await context.Renderings.AsNoTracking()
                .Where(painting => painting.ImageId == names.ImageId && painting.Revision == names.Revision
                    && painting.State == RenderingState.Ready).ToListAsync(token);
            var lost = paintings.Where(painting => !BlobsOf(names, painting).All(existing.Contains)).ToList();
            if (lost.Count == 0 || !images.TryGetValue(names.ImageId, out var image) || image.ServingRevision != names.Revision)
            {
                return false;
            }

            foreach (var painting in lost)
            {
                foreach (var name in BlobsOf(names, painting).Where(existing.Contains))
                {
                    // Half a painting would count as done.
                    await container.DeleteBlobIfExistsAsync(name, cancellationToken: token);
                }

                await context.Renderings.Where(row => row.ImageId == painting.ImageId && row.Revision == painting.Revision
                        && row.PaletteSet == painting.PaletteSet && row.Size == painting.Size && row.State == RenderingState.Ready)
                    .ExecuteUpdateAsync(set => set.SetProperty(row => row.State, RenderingState.Failed), token);
                await context.StartPaintingsAsync(
                    [new(names.EventId, names.ImageId, names.Revision, painting.PaletteSet, painting.Size)], painting.Size, time, token);
                metrics.Swept("lost-painting");
            }

            var sets = lost.Where(painting => painting.Size == RenderingSize.View).Select(painting => painting.PaletteSet).ToList();
            await context.VisitorPictures
                .Where(picture => picture.ImageId == names.ImageId && sets.Contains(picture.RequestedSet))
                .ExecuteUpdateAsync(set => set.SetProperty(picture => picture.CurrentRequestNo, 0), token);
            Log.PaintedAgain(logger, names.ImageId, names.Revision, lost.Count);
            return true;
        }, cancellation);

    private static bool IsPainting(ImageBlobNames names, string name) =>
        name.StartsWith(names.Prefix + "renderings/", StringComparison.Ordinal);

    /// <summary>The blobs that a finished painting has.</summary>
    public static string[] BlobsOf(ImageBlobNames names, Rendering painting) => painting.Size == RenderingSize.Full
        ? [names.RenderingFull(painting.PaletteSet)]
        : [names.RenderingView(painting.PaletteSet), names.RenderingThumbnail(painting.PaletteSet)];

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "Storage has lost the original of image {ImageId} revision {Revision}: it has failed.")]
        public static partial void Lost(ILogger logger, Guid imageId, int revision);

        [LoggerMessage(LogLevel.Error, "Storage has lost parts of image {ImageId} revision {Revision}: they are made again.")]
        public static partial void StartedAgain(ILogger logger, Guid imageId, int revision);

        [LoggerMessage(LogLevel.Error, "Storage has lost {Count} paintings of image {ImageId} revision {Revision}: painting them again.")]
        public static partial void PaintedAgain(ILogger logger, Guid imageId, int revision, int count);
    }
}
