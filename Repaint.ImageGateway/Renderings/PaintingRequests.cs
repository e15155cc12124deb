using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using Repaint.Contracts;
using Repaint.Contracts.Http;
using Repaint.Contracts.Messages;
using Repaint.ImageGateway.Erasure;
using Repaint.ImageGateway.Images;

namespace Repaint.ImageGateway.Renderings;

/// <summary>
/// Applies what visitors should see from now on. What exists becomes current at once; what does not is started once and the
/// visitor waits; a painting nobody waits for any more is dropped, if it has not been sent to a worker yet.
/// </summary>
internal sealed class PaintingRequests(TimeProvider time)
{
    /// <summary>Applies the requests in the caller's transaction, with few statements however many they are.</summary>
    public async Task ApplyAsync(GatewayDbContext context, IReadOnlyCollection<RenderRequest> requests, CancellationToken cancellation)
    {
        var images = await context.HoldImagesAsync([.. requests.Select(request => request.ImageId).Distinct()], cancellation);
        var paletteCounts = await context.ServingRevisions([.. images.Keys])
            .ToDictionaryAsync(row => row.ImageId, row => row.PaletteCount, cancellation);
        var known = await GetPicturesAsync(context, requests, cancellation);
        var erased = await context.Erasures.OfVisitorsAsync([.. requests.Select(request => request.VisitorId).Distinct()], cancellation);
        var newest = requests
            .Where(request => !erased.Contains(request.VisitorId)
                && images.TryGetValue(request.ImageId, out var image)
                && (image.VisitorId ?? request.VisitorId) == request.VisitorId
                && (!paletteCounts.TryGetValue(request.ImageId, out var count) || request.PaletteSet.FitsIn(count))
                && !IsOld(request, known))
            .GroupBy(request => (request.VisitorId, request.ImageId))
            .Select(group => group.MaxBy(request => request.RequestNo)!)
            .ToList();

        // Only images that serve can be painted; the others' visitors wait until they do.
        var wanted = newest
            .Where(request => paletteCounts.TryGetValue(request.ImageId, out var count) && IsPainted(request.PaletteSet, count))
            .Select(request => new WantedPainting(
                images[request.ImageId].EventId, request.ImageId, images[request.ImageId].ServingRevision!.Value,
                request.PaletteSet, RenderingSize.View, Cause(request.TraceParent)))
            .ToList();
        var states = await context.StartPaintingsAsync(wanted, RenderingSize.View, time, cancellation);

        var pictures = await SaveAsync(context, newest, request =>
            paletteCounts.TryGetValue(request.ImageId, out var count)
            && (!IsPainted(request.PaletteSet, count)
                || states[(request.ImageId, request.PaletteSet)] == RenderingState.Ready), cancellation);
        PublishCurrent(context, images, newest, pictures);
        await DropSupersededAsync(context, images, known.Values, pictures, cancellation);
    }

    private static bool IsPainted(PaletteSet set, int paletteCount) => set != PaletteSet.None && !set.IsComplete(paletteCount);

    // The same request again is welcome: its sender may not know that it arrived.
    private static bool IsOld(RenderRequest request, Dictionary<(Guid VisitorId, Guid ImageId), VisitorPicture> known) =>
        known.TryGetValue((request.VisitorId, request.ImageId), out var picture)
        && (request.RequestNo < picture.RequestNo
            || (request.RequestNo == picture.RequestNo && request.PaletteSet != picture.RequestedSet));

    // A batch hides what caused its requests, so each names its own; one that is in the cause's trace is the better parent.
    private static ActivityContext? Cause(string? traceParent) =>
        ActivityContext.TryParse(traceParent, null, isRemote: true, out var cause) && cause.TraceId != Activity.Current?.TraceId
            ? cause
            : null;

    private static Task<Dictionary<(Guid VisitorId, Guid ImageId), VisitorPicture>> GetPicturesAsync(
        GatewayDbContext context, IReadOnlyCollection<RenderRequest> requests, CancellationToken cancellation)
    {
        var visitors = requests.Select(request => request.VisitorId).ToArray();
        var images = requests.Select(request => request.ImageId).ToArray();
        return context.VisitorPictures
            .FromSql(
                $"""
                SELECT * FROM visitor_pictures
                WHERE (visitor_id, image_id) IN (
                    SELECT visitor_id, image_id FROM unnest({visitors}, {images}) AS asked (visitor_id, image_id))
                """)
            .AsNoTracking().ToDictionaryAsync(picture => (picture.VisitorId, picture.ImageId), cancellation);
    }

    private async Task<List<VisitorPicture>> SaveAsync(
        GatewayDbContext context, List<RenderRequest> requests, Func<RenderRequest, bool> isReady, CancellationToken cancellation)
    {
        var visitors = requests.Select(request => request.VisitorId).ToArray();
        var images = requests.Select(request => request.ImageId).ToArray();
        var numbers = requests.Select(request => request.RequestNo).ToArray();
        var sets = requests.Select(request => (int)request.PaletteSet.Mask).ToArray();
        var ready = requests.Select(isReady).ToArray();
        var now = time.GetUtcNow();
        return await context.VisitorPictures.FromSql(
            $"""
            INSERT INTO visitor_pictures AS known
                (visitor_id, image_id, request_no, requested_set, requested_at, current_request_no, current_set, current_at)
            SELECT visitor_id, image_id, request_no, requested_set, {now},
                CASE WHEN ready THEN request_no ELSE 0 END, CASE WHEN ready THEN requested_set END, CASE WHEN ready THEN {now} END
            FROM unnest({visitors}, {images}, {numbers}, {sets}, {ready})
                AS asked (visitor_id, image_id, request_no, requested_set, ready)
            ORDER BY visitor_id, image_id
            ON CONFLICT (visitor_id, image_id) DO UPDATE SET
                request_no = excluded.request_no,
                requested_set = excluded.requested_set,
                requested_at = excluded.requested_at,
                current_request_no = greatest(known.current_request_no, excluded.current_request_no),
                current_set = coalesce(excluded.current_set, known.current_set),
                current_at = coalesce(excluded.current_at, known.current_at)
            WHERE excluded.request_no > known.request_no
               OR (excluded.request_no = known.request_no AND excluded.requested_set = known.requested_set)
            RETURNING *
            """).AsNoTracking().ToListAsync(cancellation);
    }

    // One message for all who asked in the same trace: the update continues the trace of what caused it.
    private void PublishCurrent(
        GatewayDbContext context, Dictionary<Guid, Image> images, List<RenderRequest> requests, List<VisitorPicture> pictures)
    {
        var causes = requests.ToDictionary(request => (request.VisitorId, request.ImageId), request => request.TraceParent);
        var groups = pictures
            .Where(picture => picture.CurrentRequestNo == picture.RequestNo)
            .GroupBy(picture => (picture.ImageId, picture.RequestedSet, Cause: causes[(picture.VisitorId, picture.ImageId)]));
        foreach (var group in groups)
        {
            var image = images[group.Key.ImageId];
            context.PublishRendering(
                new RenderingFact(
                    image.EventId, image.Id, image.ServingRevision!.Value, group.Key.RequestedSet, RenderingState.Ready, 1, null),
                [.. group.Select(picture => new RenderingWaiter(picture.VisitorId, picture.RequestNo))],
                time,
                Cause(group.Key.Cause));
        }
    }

    private static async Task DropSupersededAsync(
        GatewayDbContext context,
        Dictionary<Guid, Image> images,
        IEnumerable<VisitorPicture> before,
        List<VisitorPicture> after,
        CancellationToken cancellation)
    {
        var changed = after.ToDictionary(picture => (picture.VisitorId, picture.ImageId), picture => picture.RequestedSet);
        var abandoned = before
            .Where(picture => picture.CurrentRequestNo < picture.RequestNo
                && changed.TryGetValue((picture.VisitorId, picture.ImageId), out var set) && set != picture.RequestedSet)
            .Select(picture => (picture.ImageId, picture.RequestedSet)).Distinct().ToList();
        if (abandoned.Count == 0)
        {
            return;
        }

        // Locked before looking for waiters; a row that someone else holds is being asked for or sent, and stays.
        var imageIds = abandoned.Select(painting => painting.ImageId).ToArray();
        var sets = abandoned.Select(painting => (int)painting.RequestedSet.Mask).ToArray();
        var candidates = await context.Renderings.FromSql(
            $"""
            SELECT known.* FROM renderings AS known
            WHERE (image_id, palette_set) IN (
                SELECT image_id, palette_set FROM unnest({imageIds}, {sets}) AS abandoned (image_id, palette_set))
              AND state = 'Queued' AND size = 'View'
            FOR UPDATE SKIP LOCKED
            """).AsNoTracking().ToListAsync(cancellation);
        foreach (var rendering in candidates)
        {
            var message = new PaintRendering(
                images[rendering.ImageId].EventId, rendering.ImageId, rendering.Revision,
                rendering.PaletteSet, rendering.Size, rendering.Attempt);
            // The relay locks the first message of a key while it sends any of that key.
            await context.Database.ExecuteSqlAsync(
                $"""
                WITH head AS MATERIALIZED (
                    SELECT id FROM outbox_messages AS first
                    WHERE ordering_key = {message.OrderingKey} AND NOT EXISTS (
                        SELECT FROM outbox_messages AS earlier
                        WHERE earlier.ordering_key = first.ordering_key AND earlier.id < first.id)
                    FOR UPDATE SKIP LOCKED),
                unsent AS (
                    DELETE FROM outbox_messages
                    WHERE ordering_key = {message.OrderingKey} AND message_id = {message.MessageId}
                      AND EXISTS (SELECT FROM head)
                      AND NOT EXISTS (
                        SELECT FROM visitor_pictures
                        WHERE image_id = {rendering.ImageId} AND requested_set = {(int)rendering.PaletteSet.Mask}
                          AND current_request_no < request_no)
                    RETURNING id)
                DELETE FROM renderings
                WHERE image_id = {rendering.ImageId} AND revision = {rendering.Revision}
                  AND palette_set = {(int)rendering.PaletteSet.Mask} AND size = 'View' AND EXISTS (SELECT FROM unsent)
                """, cancellation);
        }
    }
}
