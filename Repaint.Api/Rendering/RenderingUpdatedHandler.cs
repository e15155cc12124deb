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
    public async Task HandleAsync(RenderingUpdated message, MessageContext messageContext, CancellationToken cancellation)
    {
        if (message.State is not (RenderingState.Ready or RenderingState.Failed))
        {
            return;
        }

        foreach (var visitorId in await AnswerAsync(message, cancellation))
        {
            // A mark in the trace rather than work: from here on the visitor's stream can announce the picture.
            using var visible = message.State == RenderingState.Ready
                ? ApiTelemetry.Source.StartActivity(TelemetryAttributes.ImageVisibleSpan)
                : null;
            Describe(visible, message, visitorId);
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

    private static void Describe(Activity? visible, RenderingUpdated message, Guid visitorId) => visible?
        .SetTag(TelemetryAttributes.EventId, message.EventId.ToString())
        .SetTag(TelemetryAttributes.ImageId, message.ImageId.ToString())
        .SetTag(TelemetryAttributes.ImageRevision, message.Revision)
        .SetTag(TelemetryAttributes.PaletteSet, message.PaletteSet.ToString())
        .SetTag(TelemetryAttributes.VisitorId, visitorId.ToString());
}
