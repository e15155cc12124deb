using Microsoft.EntityFrameworkCore;
using Repaint.Api.Images;
using Repaint.Api.Persistence;
using Repaint.Contracts;
using Repaint.Contracts.Http;

namespace Repaint.Api.Statistics;

/// <summary>
/// Counts an event. Nothing is kept beside the rows themselves, so that the numbers are those of the visitors and images
/// there are, also after an erasure.
/// </summary>
internal sealed class StatisticsReader(RepaintDbContext context, TimeProvider time)
{
    public async Task<EventStatistics> ReadAsync(Guid eventId, CancellationToken cancellation)
    {
        var paletteCount = await context.Events.Where(row => row.Id == eventId).Select(row => row.PaletteCount).FirstOrDefaultAsync(cancellation);
        // One row for each set of palettes that occurs: at most 65,536, however many the visitors.
        var sets = await context.Visitors
            .Where(visitor => visitor.EventId == eventId)
            .GroupBy(visitor => visitor.Palettes)
            .Select(group => new { Set = group.Key, Visitors = group.Count(), Photographed = group.Count(visitor => visitor.PhotographedAt != null) })
            .ToListAsync(cancellation);
        var images = await context.Images
            .Where(image => image.EventId == eventId)
            .GroupBy(image => image.State)
            .Select(group => new ImageStateCount(group.Key, group.Count()))
            .ToListAsync(cancellation);
        return new EventStatistics(
            sets.Sum(set => set.Visitors),
            sets.Sum(set => set.Photographed),
            [.. images.OrderBy(count => count.State)],
            [.. Enumerable.Range(0, paletteCount + 1).Select(
                held => sets.Where(set => new PaletteSet((ushort)set.Set).Count == held).Sum(set => set.Visitors))],
            [.. Enumerable.Range(0, paletteCount).Select(
                palette => sets.Where(set => new PaletteSet((ushort)set.Set).Contains(palette)).Sum(set => set.Visitors))],
            await PicksAsync(eventId, cancellation),
            await PaintingTimesAsync(eventId, cancellation),
            new PipelineStatistics(await ClusteringAsync(eventId, cancellation), await PaintingAsync(eventId, cancellation)),
            time.GetUtcNow());
    }

    private async Task<IReadOnlyList<SpotHour>> PicksAsync(Guid eventId, CancellationToken cancellation) =>
        await context.Database.SqlQuery<SpotHour>($"""
            SELECT s.id AS spot_id, s.name AS spot_name, date_trunc('hour', p.at, 'UTC') AS hour, count(*)::int AS picks
            FROM spots s JOIN picks p ON p.spot_id = s.id
            WHERE s.event_id = {eventId}
            GROUP BY s.id, s.name, hour ORDER BY hour, s.name, s.id
            """).ToListAsync(cancellation);

    private Task<PaintingTimes> PaintingTimesAsync(Guid eventId, CancellationToken cancellation) =>
        context.Database.SqlQuery<PaintingTimes>($"""
            SELECT count(*)::int AS photographs, percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds) AS median_seconds,
                percentile_cont(0.95) WITHIN GROUP (ORDER BY seconds) AS p95seconds, max(seconds) AS max_seconds
            FROM (
                SELECT extract(epoch FROM painted_at - sent_at)::float8 AS seconds FROM images
                WHERE event_id = {eventId} AND painted_at >= sent_at) AS times
            """).SingleAsync(cancellation);

    private Task<WaitingWork> ClusteringAsync(Guid eventId, CancellationToken cancellation)
    {
        string[] done = [StoredImageState.Write(ImageState.Clustered), StoredImageState.Write(ImageState.Failed)];
        return context.Database.SqlQuery<WaitingWork>($"""
            SELECT count(*)::int AS waiting, min(COALESCE(sent_at, created_at)) AS oldest_since FROM images
            WHERE event_id = {eventId} AND state <> ALL ({done})
            """).SingleAsync(cancellation);
    }

    /// <summary>Of visitors' selected images that can be painted; what nobody looks at is not waited for.</summary>
    private Task<WaitingWork> PaintingAsync(Guid eventId, CancellationToken cancellation) =>
        context.Database.SqlQuery<WaitingWork>($"""
            SELECT count(*)::int AS waiting, min(r.requested_at) AS oldest_since
            FROM requested_renderings r
            JOIN visitors v ON v.id = r.visitor_id AND v.selected_image_id = r.image_id
            JOIN images i ON i.id = r.image_id
            WHERE v.event_id = {eventId} AND i.serving_revision IS NOT NULL AND r.answered_no < r.request_no
            """).SingleAsync(cancellation);
}
