using Microsoft.EntityFrameworkCore;

namespace Repaint.ImageGateway.Images;

internal static class FirstPaintings
{
    /// <summary>
    /// Measures how long visitors waited who now see a picture of their newest photograph for the first time. After the
    /// transaction that showed it to them: a measure must not hold locks that others wait for.
    /// </summary>
    public static async Task MeasureFirstPaintingsAsync(
        this GatewayDbContext context, Guid[] imageIds, GatewayMetrics metrics, TimeProvider time, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var received = await context.Database.SqlQuery<DateTimeOffset>(
            $"""
            UPDATE image_revisions AS row SET painted_at = {now}
            FROM images AS image
            JOIN visitor_pictures AS picture ON picture.image_id = image.id AND picture.visitor_id = image.visitor_id
            WHERE image.id = ANY ({imageIds}) AND row.image_id = image.id AND row.revision = image.serving_revision
              AND row.painted_at IS NULL AND picture.current_at >= row.clustered_at
            RETURNING row.received_at AS "Value"
            """).ToListAsync(cancellation);
        received.ForEach(at => metrics.Painted(now - at));
    }
}
