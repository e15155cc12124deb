using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Repaint.Contracts;
using Repaint.Contracts.Http;
using Repaint.Contracts.Messages;
using Repaint.ImageGateway.Erasure;
using Repaint.ImageGateway.Images;
using Repaint.Messaging.Outbox;

namespace Repaint.ImageGateway.Uploads;

/// <summary>The rows of an upload: reserved before its bytes, decided after them.</summary>
internal sealed class UploadLedger(GatewayDbContext context, TimeProvider time, IOptions<GatewayOptions> options)
{
    // Far beyond the time an upload may take: the erasure must not overtake its transaction.
    private TimeSpan Unfinished => 3 * options.Value.UploadTimeout;

    /// <summary>Reserves the next revision and orders its erasure, in case it is never finished.</summary>
    public async Task<ImageBlobNames> ReserveAsync(UploadRequest request, CancellationToken cancellation)
    {
        ImageBlobNames? names = null;
        await context.InTransactionAsync(async token =>
        {
            names = null;
            var now = time.GetUtcNow();
            var image = (await context.Images.FromSql(
                $"""
                INSERT INTO images (id, event_id, visitor_id, version, last_revision, created_at)
                VALUES ({request.ImageId}, {request.EventId}, {request.VisitorId}, 0, 1, {now})
                ON CONFLICT (id) DO UPDATE SET last_revision = images.last_revision + 1
                RETURNING *
                """).AsNoTracking().ToListAsync(token)).Single();
            // Looked up after the image: an erasure that held it until now is seen.
            if (image.EventId != request.EventId || image.VisitorId != request.VisitorId
                || await context.Erasures.IsErasedAsync(request.ImageId, request.EventId, request.VisitorId, token))
            {
                return false;
            }

            names = new ImageBlobNames(image.EventId, image.Id, image.LastRevision);
            context.Add(new ImageRevision
            {
                ImageId = image.Id,
                Revision = image.LastRevision,
                State = ImageState.Received,
                PaletteCount = request.PaletteCount,
                TraceId = Activity.Current?.TraceId.ToString(),
                SpanId = Activity.Current?.SpanId.ToString(),
                ReceivedAt = now,
            });
            context.Add(new PendingErasure
            {
                Kind = ErasureKind.Revision,
                SubjectId = image.Id,
                Revision = image.LastRevision,
                Prefix = names.Value.Prefix,
                NextRunAt = now + Unfinished,
                Until = now + Unfinished,
            });
            return true;
        }, cancellation);
        return names ?? throw Gone();
    }

    /// <summary>Queues the stored bytes for clustering, unless they are there already or not welcome.</summary>
    public async Task<StoredImage> CommitAsync(
        UploadRequest request, int revision, ImageHeader header, byte[] sha256, long length, CancellationToken cancellation)
    {
        StoredImage? stored = null;
        await context.InTransactionAsync(async token =>
        {
            var image = await context.RaiseVersionAsync(request.ImageId, token) ?? throw Gone();
            stored = await FindSameAsync(request, sha256, token);
            if (stored is not null)
            {
                return false;
            }

            if (!request.Overwrite && await context.Revisions.Accepted(request.ImageId).AnyAsync(token))
            {
                throw UploadImage.PhotoExists();
            }

            var now = time.GetUtcNow();
            var row = await context.Revisions.SingleOrDefaultAsync(
                row => row.ImageId == image.Id && row.Revision == revision && row.State == ImageState.Received, token) ?? throw Gone();
            row.State = ImageState.Queued;
            row.StoredAt = row.QueuedAt = now;
            row.Sha256 = sha256;
            row.Length = length;
            row.Width = header.Width;
            row.Height = header.Height;
            await Order(image.Id, revision).ExecuteDeleteAsync(token);
            context.Publish(new ClusterImage(image.EventId, image.Id, revision, row.Attempt, row.PaletteCount), time);
            context.PublishState(image, row, time);
            stored = new StoredImage(image.Id, revision, Convert.ToHexStringLower(sha256), AlreadyStored: false);
            return true;
        }, cancellation);
        return stored ?? throw new UnreachableException();
    }

    /// <summary>Lets a reservation be erased as soon as storage answers again; does nothing to one that has been committed.</summary>
    public Task EraseSoonAsync(Guid imageId, int revision, CancellationToken cancellation) => Order(imageId, revision)
        .ExecuteUpdateAsync(set => set.SetProperty(erasure => erasure.NextRunAt, time.GetUtcNow()), cancellation);

    /// <summary>Takes a reservation back, after its blob is gone.</summary>
    public Task ForgetAsync(Guid imageId, int revision, CancellationToken cancellation) => context.InTransactionAsync(async token =>
    {
        await context.DeleteReservationAsync(imageId, revision, token);
        await Order(imageId, revision).ExecuteDeleteAsync(token);
        return true;
    }, cancellation);

    private IQueryable<PendingErasure> Order(Guid imageId, int revision) => context.Erasures.Where(erasure =>
        erasure.SubjectId == imageId && erasure.Kind == ErasureKind.Revision && erasure.Revision == revision);

    private async Task<StoredImage?> FindSameAsync(UploadRequest request, byte[] sha256, CancellationToken cancellation)
    {
        var newest = await context.Revisions.Accepted(request.ImageId).AsNoTracking()
            .OrderByDescending(row => row.Revision).FirstOrDefaultAsync(cancellation);
        if (newest is null && request.VisitorId is null)
        {
            newest = await FindInEventAsync(request.EventId, sha256, cancellation);
        }

        return newest?.Sha256 is { } known && known.AsSpan().SequenceEqual(sha256)
            ? new StoredImage(newest.ImageId, newest.Revision, Convert.ToHexStringLower(sha256), AlreadyStored: true)
            : null;
    }

    // An event's image sent twice has two ids: the lock makes the second upload wait until it can see the first.
    private async Task<ImageRevision?> FindInEventAsync(Guid eventId, byte[] sha256, CancellationToken cancellation)
    {
        await context.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock(hashtextextended({eventId.ToString()}, 0))", cancellation);
        return await (
            from image in context.Images
            where image.EventId == eventId && image.VisitorId == null
            join row in context.Revisions on image.Id equals row.ImageId
            where row.Sha256 == sha256 && row.State != ImageState.Received && row.State != ImageState.Failed
            orderby image.CreatedAt
            select row).AsNoTracking().FirstOrDefaultAsync(cancellation);
    }

    private static UploadRefusedException Gone() => new(
        StatusCodes.Status404NotFound, ErrorCodes.NotFound, "The image has been erased, or belongs to someone else.");
}
