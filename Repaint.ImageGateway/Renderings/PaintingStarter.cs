using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using Repaint.Contracts;
using Repaint.Contracts.Messages;
using Repaint.ImageGateway.Images;
using Repaint.Messaging.Outbox;

namespace Repaint.ImageGateway.Renderings;

/// <summary>A painting somebody wants, and the trace that wants it (null for the current one).</summary>
internal sealed record WantedPainting(
    Guid EventId, Guid ImageId, int Revision, PaletteSet PaletteSet, RenderingSize Size, ActivityContext? Cause = null);

/// <summary>Starts paintings that do not exist yet, each of them once.</summary>
internal static class PaintingStarter
{
    /// <summary>Locks images against being retaken or erased, so that their revisions can be referred to.</summary>
    public static async Task<Dictionary<Guid, Image>> HoldImagesAsync(
        this GatewayDbContext context, Guid[] imageIds, CancellationToken cancellation) =>
        await context.Images
            .FromSql($"SELECT * FROM images WHERE id = ANY ({imageIds}) ORDER BY id FOR SHARE")
            .AsNoTracking().ToDictionaryAsync(image => image.Id, cancellation);

    /// <summary>
    /// Makes sure that each of the wanted paintings exists or is under way, starting failed ones again. Their images must be
    /// held. The rows stay locked: who asks while a painting is being completed either sees it ready or is told.
    /// </summary>
    public static async Task<Dictionary<(Guid ImageId, PaletteSet Set), RenderingState>> StartPaintingsAsync(
        this GatewayDbContext context,
        IReadOnlyCollection<WantedPainting> wanted,
        RenderingSize size,
        TimeProvider time,
        CancellationToken cancellation)
    {
        var distinct = wanted.DistinctBy(painting => (painting.ImageId, painting.PaletteSet)).ToList();
        if (distinct.Count == 0)
        {
            return [];
        }

        var images = distinct.Select(painting => painting.ImageId).ToArray();
        var revisions = distinct.Select(painting => painting.Revision).ToArray();
        var sets = distinct.Select(painting => (int)painting.PaletteSet.Mask).ToArray();
        var traces = distinct.Select(painting => (painting.Cause ?? Activity.Current?.Context)?.TraceId.ToString()).ToArray();
        var started = await context.Renderings.FromSql(
            $"""
            INSERT INTO renderings AS known (image_id, revision, palette_set, size, state, attempt, trace_id, queued_at)
            SELECT image_id, revision, palette_set, {size.ToString()}, 'Queued', 1, trace_id, {time.GetUtcNow()}
            FROM unnest({images}, {revisions}, {sets}, {traces}) AS wanted (image_id, revision, palette_set, trace_id)
            ORDER BY image_id, revision, palette_set
            ON CONFLICT (image_id, revision, palette_set, size) DO UPDATE
            SET state = 'Queued', attempt = known.attempt + 1, reason = NULL, failed_at = NULL, queued_at = excluded.queued_at
            WHERE known.state = 'Failed'
            RETURNING *
            """).AsNoTracking().ToListAsync(cancellation);
        foreach (var rendering in started)
        {
            var painting = distinct.First(other => other.ImageId == rendering.ImageId && other.PaletteSet == rendering.PaletteSet);
            context.Publish(
                new PaintRendering(
                    painting.EventId, painting.ImageId, painting.Revision, painting.PaletteSet, size, rendering.Attempt),
                time, painting.Cause);
        }

        return await context.Renderings.FromSql(
            $"""
            SELECT known.* FROM renderings AS known
            JOIN unnest({images}, {revisions}, {sets}) AS wanted (image_id, revision, palette_set)
              ON known.image_id = wanted.image_id AND known.revision = wanted.revision AND known.palette_set = wanted.palette_set
            WHERE known.size = {size.ToString()}
            """).AsNoTracking().ToDictionaryAsync(
                rendering => (rendering.ImageId, rendering.PaletteSet), rendering => rendering.State, cancellation);
    }
}
