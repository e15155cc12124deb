using Microsoft.EntityFrameworkCore;
using Npgsql;
using Repaint.Api.Erasure;
using Repaint.Api.Persistence;
using Repaint.Api.Visitors;

namespace Repaint.Api.Images;

/// <summary>
/// Makes images known and forgets them, with what follows for visitors' selections. Both the answer to an upload and
/// an update from the queue may be the first to tell of an image, so that an API that dies in between loses nothing.
/// Every method runs in a transaction of the caller.
/// </summary>
internal static class ImageRegistry
{
    /// <summary>
    /// Makes an image known unless it is already. False when it must not exist: it, its visitor or its event has been
    /// erased; then the gateway is asked to erase it (again).
    /// </summary>
    public static async Task<bool> RegisterAsync(
        this RepaintDbContext context, Guid eventId, Guid imageId, Guid? visitorId, DateTimeOffset now, CancellationToken cancellation)
    {
        if (!await context.LockAsync(eventId, visitorId, cancellation) || !await MayExistAsync(context, imageId, visitorId, cancellation))
        {
            await context.EraseAtGatewayAsync(ErasureKind.Image, imageId, now, cancellation);
            return false;
        }

        var registered = await context.Database.ExecuteSqlAsync($"""
            INSERT INTO images (id, event_id, visitor_id, version, revision, state, attempt, created_at, updated_at)
            VALUES ({imageId}, {eventId}, {visitorId}, 0, 1, 'stored', 1, {now}, {now})
            ON CONFLICT (id) DO NOTHING
            """, cancellation);
        if (registered > 0)
        {
            await SelectAsync(context, eventId, imageId, visitorId, now, cancellation);
        }

        return true;
    }

    /// <summary>Forgets an image and moves those who had selected it to the best that is left: their photograph, or the first of the event's.</summary>
    public static async Task ForgetAsync(this RepaintDbContext context, Guid imageId, DateTimeOffset now, CancellationToken cancellation)
    {
        var owner = await context.Images.AsNoTracking()
            .Where(image => image.Id == imageId)
            .Select(image => new { image.EventId, image.VisitorId })
            .FirstOrDefaultAsync(cancellation);
        if (owner is not null)
        {
            await context.LockAsync(owner.EventId, owner.VisitorId, cancellation);
        }

        await context.ChangeVisitorsAsync(
            """
            selected_image_id = (
                SELECT i.id FROM images i
                WHERE i.event_id = v.event_id AND i.id <> @image AND (i.visitor_id IS NULL OR i.visitor_id = v.id)
                ORDER BY i.visitor_id IS NULL, i.created_at, i.id LIMIT 1),
            """,
            "v.selected_image_id = @image", now, cancellation, new NpgsqlParameter("image", imageId));
        // The gateway may still answer for the old id: a new photograph gets a new one.
        await context.Visitors.Where(visitor => visitor.PhotoImageId == imageId).ExecuteUpdateAsync(
            set => set.SetProperty(visitor => visitor.PhotoImageId, Guid.CreateVersion7(now)), cancellation);
        await context.Images.Where(image => image.Id == imageId).ExecuteDeleteAsync(cancellation);
        await context.EraseAtGatewayAsync(ErasureKind.Image, imageId, now, cancellation);
    }

    /// <summary>
    /// Locks what an image hangs on, before it appears, is clustered or goes: its event, or its visitor. Who chooses a
    /// picture holds a share of the event's lock and the visitor's row meanwhile, so that a choice comes wholly before or
    /// wholly after. False when there is no such event or visitor.
    /// </summary>
    public static async Task<bool> LockAsync(
        this RepaintDbContext context, Guid eventId, Guid? visitorId, CancellationToken cancellation)
    {
        // The event first, always: an event's image goes on to lock visitors.
        var events = visitorId is null
            ? context.Database.SqlQuery<Guid>($"SELECT id FROM events WHERE id = {eventId} FOR UPDATE")
            : context.Database.SqlQuery<Guid>($"SELECT id FROM events WHERE id = {eventId} FOR KEY SHARE");
        var visitors = context.Database.SqlQuery<Guid>(
            $"SELECT id FROM visitors WHERE id = {visitorId} AND event_id = {eventId} FOR UPDATE");
        return (await events.ToListAsync(cancellation)).Count > 0
            && (visitorId is null || (await visitors.ToListAsync(cancellation)).Count > 0);
    }

    private static async Task<bool> MayExistAsync(
        RepaintDbContext context, Guid imageId, Guid? visitorId, CancellationToken cancellation) =>
        !await context.Erasures.AnyAsync(row => row.TargetId == imageId && row.Kind == ErasureKind.Image, cancellation)
        && (visitorId is null || await context.Visitors.AnyAsync(
            visitor => visitor.Id == visitorId && visitor.PhotoImageId == imageId, cancellation));

    /// <summary>The first photograph is selected by itself; any other image only by visitors who have none.</summary>
    private static Task<int> SelectAsync(
        RepaintDbContext context, Guid eventId, Guid imageId, Guid? visitorId, DateTimeOffset now, CancellationToken cancellation)
    {
        var image = new NpgsqlParameter("image", imageId);
        return visitorId is { } id
            ? context.ChangeVisitorsAsync(
                """
                selected_image_id = CASE WHEN v.photographed_at IS NULL THEN @image ELSE COALESCE(v.selected_image_id, @image) END,
                photographed_at = COALESCE(v.photographed_at, @now),
                """,
                "v.id = @visitor", now, cancellation, image, new NpgsqlParameter("visitor", id))
            : context.ChangeVisitorsAsync(
                "selected_image_id = @image,", "v.event_id = @event AND v.selected_image_id IS NULL", now, cancellation,
                image, new NpgsqlParameter("event", eventId));
    }
}
