using Microsoft.EntityFrameworkCore;
using Repaint.Contracts;

namespace Repaint.ImageGateway.Erasure;

internal static class ErasureQueries
{
    /// <summary>Whether the image, its event or its visitor has been erased lately: nothing more may come in for it.</summary>
    public static Task<bool> IsErasedAsync(
        this IQueryable<PendingErasure> erasures, Guid imageId, Guid eventId, Guid? visitorId, CancellationToken cancellation) =>
        erasures.AnyAsync(
            erasure => (erasure.SubjectId == imageId && erasure.Kind == ErasureKind.Image)
                || (erasure.SubjectId == eventId && erasure.Kind == ErasureKind.Event)
                || (erasure.SubjectId == visitorId && erasure.Kind == ErasureKind.Visitor),
            cancellation);

    /// <summary>Those of the visitors who have been erased lately.</summary>
    public static Task<HashSet<Guid>> OfVisitorsAsync(
        this IQueryable<PendingErasure> erasures, Guid[] visitorIds, CancellationToken cancellation) => erasures
        .Where(erasure => erasure.Kind == ErasureKind.Visitor && visitorIds.Contains(erasure.SubjectId))
        .Select(erasure => erasure.SubjectId).ToHashSetAsync(cancellation);

    /// <summary>
    /// Removes the rows of an event, a visitor or an image, revokes its links and orders its blobs to be erased. All of it in
    /// the caller's transaction; done twice, it finds less to do.
    /// </summary>
    public static async Task EraseRowsAsync(
        this GatewayDbContext context,
        ErasureKind kind,
        Guid subjectId,
        DateTimeOffset now,
        DateTimeOffset until,
        CancellationToken cancellation)
    {
        // Every image gets an erasure of its own, so that a result that comes later still finds out where its blobs are.
        var erased = await context.Database.SqlQuery<Guid>(
            $"""
            WITH erased AS (
                DELETE FROM images
                WHERE ({kind == ErasureKind.Event} AND event_id = {subjectId})
                   OR ({kind == ErasureKind.Visitor} AND visitor_id = {subjectId})
                   OR ({kind == ErasureKind.Image} AND id = {subjectId})
                RETURNING id, event_id),
            revoked AS (
                UPDATE one_time_urls SET revoked_at = coalesce(revoked_at, {now})
                WHERE image_id IN (SELECT id FROM erased) OR image_id = {subjectId} OR visitor_id = {subjectId}),
            unseen AS (
                DELETE FROM visitor_pictures WHERE visitor_id = {subjectId})
            INSERT INTO erasures (subject_id, kind, revision, prefix, runs, next_run_at, until)
            SELECT id, 'Image', 0, event_id || '/' || id || '/', 0, {now}, {until} FROM erased
            ON CONFLICT (subject_id, kind, revision) DO UPDATE SET prefix = excluded.prefix, next_run_at = excluded.next_run_at
            RETURNING subject_id AS "Value"
            """).ToListAsync(cancellation);
        await context.DropUnsentAsync(erased, cancellation);
        var prefix = kind == ErasureKind.Event ? ImageBlobNames.EventPrefix(subjectId) : null;
        await context.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO erasures (subject_id, kind, revision, prefix, runs, next_run_at, until)
            VALUES ({subjectId}, {kind.ToString()}, 0, {prefix}, 0, {now}, {until})
            ON CONFLICT (subject_id, kind, revision) DO NOTHING
            """, cancellation);
    }

    // In a statement of its own, after the rows are gone: only now is seen what uploads and results that held one of them have
    // written. The outbox relay locks the first message of a key while it sends any of that key; those it is sending stay.
    private static async Task DropUnsentAsync(this GatewayDbContext context, List<Guid> imageIds, CancellationToken cancellation)
    {
        var keys = imageIds.Select(id => id.ToString("N")).ToArray();
        await context.Database.ExecuteSqlAsync(
            $"""
            WITH heads AS MATERIALIZED (
                SELECT ordering_key FROM outbox_messages AS first
                WHERE ordering_key = ANY ({keys}) AND NOT EXISTS (
                    SELECT FROM outbox_messages AS earlier
                    WHERE earlier.ordering_key = first.ordering_key AND earlier.id < first.id)
                FOR UPDATE SKIP LOCKED)
            DELETE FROM outbox_messages WHERE ordering_key IN (SELECT ordering_key FROM heads)
            """, cancellation);
    }

    /// <summary>Orders the blobs of a revision to be erased at <paramref name="at"/>, and once more later.</summary>
    public static Task OrderRevisionErasureAsync(
        this GatewayDbContext context, ImageBlobNames names, DateTimeOffset at, DateTimeOffset until, CancellationToken cancellation) =>
        context.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO erasures (subject_id, kind, revision, prefix, runs, next_run_at, until)
            VALUES ({names.ImageId}, {nameof(ErasureKind.Revision)}, {names.Revision}, {names.Prefix}, 0, {at}, {until})
            ON CONFLICT (subject_id, kind, revision) DO UPDATE SET next_run_at = least(erasures.next_run_at, excluded.next_run_at)
            """, cancellation);

    /// <summary>
    /// Removes a revision that was reserved but never stored, and its image if it has no other. False when the revision turns
    /// out to have been stored: its blobs must stay.
    /// </summary>
    public static async Task<bool> DeleteReservationAsync(
        this GatewayDbContext context, Guid imageId, int revision, CancellationToken cancellation)
    {
        await context.Images.FromSql($"SELECT * FROM images WHERE id = {imageId} FOR UPDATE").AsNoTracking().ToListAsync(cancellation);
        await context.Revisions
            .Where(row => row.ImageId == imageId && row.Revision == revision && row.State == ImageState.Received)
            .ExecuteDeleteAsync(cancellation);
        if (await context.Revisions.AnyAsync(row => row.ImageId == imageId && row.Revision == revision, cancellation))
        {
            return false;
        }

        await context.Images
            .Where(image => image.Id == imageId && !context.Revisions.Any(row => row.ImageId == imageId))
            .ExecuteDeleteAsync(cancellation);
        return true;
    }
}
