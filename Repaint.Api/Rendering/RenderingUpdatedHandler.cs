using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using Repaint.Api.Persistence;
using Repaint.Contracts;
using Repaint.Contracts.Messages;
using Repaint.Messaging;

namespace Repaint.Api.Rendering;

/// <summary>
/// A painting is there, or cannot be made: tells those whose newest request it answers. An answer to an older request,
/// or the same answer again, changes nothing.
/// </summary>
internal sealed class RenderingUpdatedHandler(RepaintDbContext context, TimeProvider time) : IMessageHandler<RenderingUpdated>
{
    // A default picture may become visible to thousands at once: spans for a few, one for the many.
    private const int NamedVisitors = 10;

    public async Task HandleAsync(RenderingUpdated message, MessageContext messageContext, CancellationToken cancellation)
    {
        Describe(Activity.Current, message);
        Activity.Current?.SetTag(TelemetryAttributes.Reason, message.Reason);
        if (message.State is not (RenderingState.Ready or RenderingState.Failed))
        {
            return;
        }

        var visitors = await AnswerAsync(message, cancellation);
        if (message.State == RenderingState.Ready)
        {
            Mark(message, visitors);
            await NotePaintedAsync(message, cancellation);
        }
    }

    /// <summary>
    /// For the statistics: when a photograph's visitor could first see a picture of it. A statement of its own, because it
    /// would otherwise lock visitors before images, which is the other way round than where an image's state changes.
    /// </summary>
    private Task<int> NotePaintedAsync(RenderingUpdated message, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var visitors = message.Waiters.Select(waiter => waiter.VisitorId).ToList();
        return context.Images
            .Where(image => image.Id == message.ImageId && image.Revision == message.Revision && visitors.Contains(image.VisitorId!.Value)
                && (image.PaintedAt == null || image.PaintedAt < image.SentAt))
            .ExecuteUpdateAsync(set => set.SetProperty(image => image.PaintedAt, now), cancellation);
    }

    /// <summary>Marks in the trace rather than work: from here on the visitors' streams can announce the picture.</summary>
    private static void Mark(RenderingUpdated message, List<Guid> visitors)
    {
        if (visitors.Count > NamedVisitors)
        {
            using var visible = ApiTelemetry.Source.StartActivity(TelemetryAttributes.ImageVisibleSpan);
            Describe(visible, message);
            visible?.SetTag(TelemetryAttributes.Visitors, visitors.Count);
            return;
        }

        foreach (var visitorId in visitors)
        {
            using var visible = ApiTelemetry.Source.StartActivity(TelemetryAttributes.ImageVisibleSpan);
            Describe(visible, message);
            visible?.SetTag(TelemetryAttributes.VisitorId, visitorId.ToString());
        }
    }

    private Task<List<Guid>> AnswerAsync(RenderingUpdated message, CancellationToken cancellation)
    {
        var visitors = message.Waiters.Select(waiter => waiter.VisitorId).ToArray();
        var numbers = message.Waiters.Select(waiter => waiter.RequestNo).ToArray();
        var failed = message.State == RenderingState.Failed;
        var now = time.GetUtcNow();
        // The visitors' rows are locked first, in order, as everywhere else.
        return context.Database.SqlQuery<Guid>($"""
            WITH waiters AS (
                SELECT v.id, waiter.request_no FROM visitors v
                JOIN unnest({visitors}, {numbers}) AS waiter (visitor_id, request_no) ON waiter.visitor_id = v.id
                ORDER BY v.id FOR NO KEY UPDATE OF v),
            answered AS (
                UPDATE requested_renderings r SET answered_no = r.request_no, failed = {failed}
                FROM waiters
                WHERE r.visitor_id = waiters.id AND r.image_id = {message.ImageId}
                    AND r.request_no = waiters.request_no AND r.answered_no < r.request_no
                RETURNING r.visitor_id),
            announced AS (
                UPDATE visitors v SET version = v.version + 1, updated_at = {now}
                FROM answered WHERE v.id = answered.visitor_id AND v.selected_image_id = {message.ImageId}
                RETURNING v.id)
            SELECT id FROM announced
            """).ToListAsync(cancellation);
    }

    private static void Describe(Activity? activity, RenderingUpdated message) => activity?
        .SetTag(TelemetryAttributes.EventId, message.EventId.ToString())
        .SetTag(TelemetryAttributes.ImageId, message.ImageId.ToString())
        .SetTag(TelemetryAttributes.ImageRevision, message.Revision)
        .SetTag(TelemetryAttributes.PaletteSet, message.PaletteSet.ToString())
        .SetTag(TelemetryAttributes.State, TelemetryAttributes.ValueOf(message.State))
        .SetTag(TelemetryAttributes.Attempt, message.Attempt);
}
