using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Repaint.Contracts;
using Repaint.ImageGateway.Erasure;

namespace Repaint.ImageGateway.Sweeping;

/// <summary>
/// Compares everything in storage with everything in the database: blobs that no row knows go, and what a row promises but
/// storage does not have is mended. Rows are written before the blobs they name, and what is younger than
/// <see cref="GatewayOptions.StuckAfter"/> is left alone, so nothing that is just being made is taken for an orphan.
/// </summary>
internal sealed partial class Inventory(
    GatewayDbContext context,
    BlobContainerClient container,
    LostBlobs lost,
    ErasureSignal signal,
    GatewayMetrics metrics,
    TimeProvider time,
    IOptions<GatewayOptions> options,
    ILogger<Inventory> logger)
{
    private const int ImagesAtOnce = 200;

    /// <summary>Goes through everything once; returns how many things were out of order.</summary>
    public async Task<int> TakeAsync(CancellationToken cancellation)
    {
        var before = time.GetUtcNow() - options.Value.StuckAfter;
        var found = 0;
        var seen = new HashSet<Guid>();
        var shelf = new Dictionary<Guid, List<StoredBlob>>();
        // Names come in order: those of an image follow each other.
        await foreach (var blob in container.GetBlobsAsync(cancellationToken: cancellation))
        {
            if (StoredBlob.Parse(blob) is not { } stored)
            {
                continue; // not of this system's making
            }

            if (!shelf.ContainsKey(stored.Names.ImageId) && shelf.Count == ImagesAtOnce)
            {
                found += await CompareAsync(shelf, before, cancellation);
                shelf.Clear();
            }

            (shelf.TryGetValue(stored.Names.ImageId, out var blobs) ? blobs : shelf[stored.Names.ImageId] = []).Add(stored);
            seen.Add(stored.Names.ImageId);
        }

        found += await CompareAsync(shelf, before, cancellation);
        found += await FindEmptyAsync(seen, before, cancellation);
        found += await FindForgottenReservationsAsync(before, cancellation);
        if (found > 0)
        {
            Log.Found(logger, found);
            signal.Set();
        }

        return found;
    }

    private async Task<int> CompareAsync(Dictionary<Guid, List<StoredBlob>> shelf, DateTimeOffset before, CancellationToken cancellation)
    {
        var ids = shelf.Keys.ToArray();
        var revisions = await context.Revisions.AsNoTracking().Where(row => ids.Contains(row.ImageId))
            .Select(row => new { row.ImageId, row.Revision, row.State, row.ClusteredAt })
            .ToDictionaryAsync(row => (row.ImageId, row.Revision), cancellation);
        var serving = await context.Images.AsNoTracking().Where(image => ids.Contains(image.Id) && image.ServingRevision != null)
            .ToDictionaryAsync(image => image.Id, image => image.ServingRevision!.Value, cancellation);
        var paintings = (await context.Renderings.AsNoTracking().Where(painting => ids.Contains(painting.ImageId)).ToListAsync(cancellation))
            .ToLookup(painting => (painting.ImageId, painting.Revision));
        var found = 0;
        foreach (var revision in shelf.Values.SelectMany(blobs => blobs).GroupBy(blob => blob.Names))
        {
            var key = (revision.Key.ImageId, revision.Key.Revision);
            if (!revisions.TryGetValue(key, out var row))
            {
                found += await EraseOrphansAsync(revision.Key, [.. revision], before, cancellation);
                continue;
            }

            if (row.State != ImageState.Clustered)
            {
                continue; // being made, or kept for another attempt
            }

            var expected = paintings[key].SelectMany(painting => LostBlobs.BlobsOf(revision.Key, painting)).ToHashSet(StringComparer.Ordinal);
            foreach (var blob in revision.Where(blob => blob.ModifiedAt < before && (blob.IsUpload || (blob.IsPainting && !expected.Contains(blob.Name)))))
            {
                // A worker died between telling and tidying, or painted what nobody waits for any more.
                if (await container.DeleteBlobIfExistsAsync(blob.Name, cancellationToken: cancellation))
                {
                    metrics.Swept(blob.IsUpload ? "leftover-upload" : "orphan-blob");
                    found++;
                }
            }

            var names = revision.Select(blob => blob.Name).ToHashSet(StringComparer.Ordinal);
            var promised = LostBlobs.PartsOf(revision.Key).Concat(paintings[key]
                .Where(painting => painting.State == RenderingState.Ready && painting.ReadyAt < before)
                .SelectMany(painting => LostBlobs.BlobsOf(revision.Key, painting)));
            if (serving.GetValueOrDefault(key.ImageId) == key.Revision && row.ClusteredAt < before && !promised.All(names.Contains))
            {
                found += await lost.MendAsync(key.ImageId, key.Revision, cancellation) ? 1 : 0;
            }
        }

        return found;
    }

    private async Task<int> EraseOrphansAsync(
        ImageBlobNames names, IReadOnlyList<StoredBlob> blobs, DateTimeOffset before, CancellationToken cancellation)
    {
        // What has been erased is looked after by its erasure.
        if (blobs.Any(blob => blob.ModifiedAt >= before) || await context.Erasures.AnyAsync(
            erasure => erasure.SubjectId == names.ImageId && (erasure.Kind == ErasureKind.Image || erasure.Revision == names.Revision), cancellation))
        {
            return 0;
        }

        var now = time.GetUtcNow();
        await context.OrderRevisionErasureAsync(names, now, now + options.Value.ErasureMemory, cancellation);
        metrics.Swept("orphan-blob", blobs.Count);
        return blobs.Count;
    }

    // Of these storage has nothing at all.
    private async Task<int> FindEmptyAsync(HashSet<Guid> seen, DateTimeOffset before, CancellationToken cancellation)
    {
        var found = 0;
        var last = Guid.Empty;
        while (true)
        {
            var page = await (
                from image in context.Images
                where image.Id > last && image.ServingRevision != null
                join row in context.Revisions
                    on new { ImageId = image.Id, Revision = image.ServingRevision } equals new { row.ImageId, Revision = (int?)row.Revision }
                orderby image.Id
                select new { image.Id, row.Revision, row.ClusteredAt }).Take(ImagesAtOnce).ToListAsync(cancellation);
            if (page.Count == 0)
            {
                return found;
            }

            last = page[^1].Id;
            foreach (var image in page.Where(image => !seen.Contains(image.Id) && image.ClusteredAt < before))
            {
                found += await lost.MendAsync(image.Id, image.Revision, cancellation) ? 1 : 0;
            }
        }
    }

    // A reservation is always written with the order to erase it; without one, nobody else would ever tidy it.
    private async Task<int> FindForgottenReservationsAsync(DateTimeOffset before, CancellationToken cancellation)
    {
        var forgotten = await (
            from row in context.Revisions
            where row.State == ImageState.Received && row.ReceivedAt < before && !context.Erasures.Any(erasure =>
                erasure.SubjectId == row.ImageId && erasure.Kind == ErasureKind.Revision && erasure.Revision == row.Revision)
            join image in context.Images on row.ImageId equals image.Id
            select new ImageBlobNames(image.EventId, image.Id, row.Revision)).ToListAsync(cancellation);
        var now = time.GetUtcNow();
        foreach (var names in forgotten)
        {
            await context.OrderRevisionErasureAsync(names, now, now + options.Value.ErasureMemory, cancellation);
            metrics.Swept("forgotten-reservation");
        }

        return forgotten.Count;
    }

    private sealed record StoredBlob(ImageBlobNames Names, string Name, DateTimeOffset ModifiedAt)
    {
        public bool IsUpload => Name == Names.Upload;

        public bool IsPainting => Name.StartsWith(Names.Prefix + "renderings/", StringComparison.Ordinal);

        // {eventId}/{imageId}/{revision}/…
        public static StoredBlob? Parse(BlobItem blob) =>
            blob.Name.Split('/', 4) is [var eventId, var imageId, var revision, { Length: > 0 }]
            && Guid.TryParseExact(eventId, "D", out var @event) && Guid.TryParseExact(imageId, "D", out var image)
            && int.TryParse(revision, out var number)
                ? new StoredBlob(new ImageBlobNames(@event, image, number), blob.Name, blob.Properties.LastModified ?? DateTimeOffset.MinValue)
                : null;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "{Count} things in storage or database were orphans of the other side.")]
        public static partial void Found(ILogger logger, int count);
    }
}
