using Microsoft.EntityFrameworkCore;
using Repaint.Contracts;
using Repaint.Contracts.Messages;
using Repaint.Messaging.Outbox;

namespace Repaint.ImageGateway.Images;

/// <summary>Every change of an image goes through its version, which also locks the image for the transaction.</summary>
internal static class ImageVersions
{
    /// <summary>
    /// Raises the version and locks the image's row. Take this lock first: then revisions, renderings and visitors'
    /// pictures, always in that order, so that no two transactions wait for each other.
    /// </summary>
    /// <returns>The image as it is now, or null when there is none.</returns>
    public static async Task<Image?> RaiseVersionAsync(this GatewayDbContext context, Guid imageId, CancellationToken cancellation) =>
        (await context.Images
            .FromSql($"UPDATE images SET version = version + 1 WHERE id = {imageId} RETURNING *")
            .AsNoTracking().ToListAsync(cancellation)).SingleOrDefault();

    /// <summary>Begins a new attempt.</summary>
    public static void Requeue(this ImageRevision revision, DateTimeOffset now)
    {
        revision.State = ImageState.Queued;
        revision.Attempt++;
        revision.Reason = null;
        revision.QueuedAt = now;
        revision.ClusteringAt = revision.ClusteredAt = revision.FailedAt = null;
    }

    /// <summary>From here on the image has nothing to serve; links to what it had are revoked. Its row must be locked.</summary>
    public static async Task StopServingAsync(
        this GatewayDbContext context, Guid imageId, DateTimeOffset now, CancellationToken cancellation)
    {
        await context.Images.Where(image => image.Id == imageId)
            .ExecuteUpdateAsync(set => set.SetProperty(image => image.ServingRevision, (int?)null), cancellation);
        await context.OneTimeUrls.Where(url => url.ImageId == imageId && url.RevokedAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(url => url.RevokedAt, now), cancellation);
    }

    /// <summary>Tells the API what state a revision is in.</summary>
    public static void PublishState(this GatewayDbContext context, Image image, ImageRevision revision, TimeProvider time)
    {
        GatewayTelemetry.Describe(image, revision);
        context.Publish(
            new ImageUpdated(
                image.EventId, image.Id, image.VisitorId, image.Version, revision.Revision, revision.State, revision.Attempt,
                revision.Reason, revision.TraceId, revision.EnteredAt,
                revision.State == ImageState.Clustered ? revision.Palettes : null)
            {
                SpanId = revision.SpanId,
            },
            time);
    }

    /// <summary>The revisions that links of the given images serve.</summary>
    public static IQueryable<ImageRevision> ServingRevisions(this GatewayDbContext context, Guid[] imageIds) =>
        from image in context.Images
        where imageIds.Contains(image.Id)
        join row in context.Revisions
            on new { ImageId = image.Id, Revision = image.ServingRevision } equals new { row.ImageId, Revision = (int?)row.Revision }
        select row;

    /// <summary>The revisions that count: whose bytes are safe and that have not failed.</summary>
    public static IQueryable<ImageRevision> Accepted(this IQueryable<ImageRevision> revisions, Guid imageId) => revisions
        .Where(revision => revision.ImageId == imageId
            && revision.State != ImageState.Received && revision.State != ImageState.Failed);
}
