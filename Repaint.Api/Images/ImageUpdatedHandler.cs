using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Repaint.Api.Erasure;
using Repaint.Api.Persistence;
using Repaint.Api.Rendering;
using Repaint.Api.Visitors;
using Repaint.Contracts;
using Repaint.Contracts.Http;
using Repaint.Contracts.Messages;
using Repaint.Messaging;

namespace Repaint.Api.Images;

/// <summary>
/// Keeps the projection of images. A clustered image has every viewer's painting asked for again: what each of them
/// should see of it is new.
/// </summary>
internal sealed class ImageUpdatedHandler(
    RepaintDbContext context, RenderRequestRelay renderings, ErasureRelay erasures, TimeProvider time) : IMessageHandler<ImageUpdated>
{
    public async Task HandleAsync(ImageUpdated message, MessageContext messageContext, CancellationToken cancellation)
    {
        Activity.Current?
            .SetTag(TelemetryAttributes.EventId, message.EventId)
            .SetTag(TelemetryAttributes.ImageId, message.ImageId)
            .SetTag(TelemetryAttributes.ImageRevision, message.Revision)
            .SetTag(TelemetryAttributes.VisitorId, message.VisitorId)
            .SetTag(TelemetryAttributes.State, TelemetryAttributes.ValueOf(message.State))
            .SetTag(TelemetryAttributes.Attempt, message.Attempt)
            .SetTag(TelemetryAttributes.Reason, message.Reason);
        var known = await context.InTransactionAsync(async token =>
        {
            var now = time.GetUtcNow();
            if (!await context.Images.AnyAsync(image => image.Id == message.ImageId, token))
            {
                if (!await context.RegisterAsync(message.EventId, message.ImageId, message.VisitorId, now, token))
                {
                    return false;
                }
            }
            else if (message.State is ImageState.Clustered or ImageState.Failed)
            {
                await context.LockAsync(message.EventId, message.VisitorId, token);
            }

            if (await ApplyAsync(message, token) > 0 && message.State is ImageState.Clustered or ImageState.Failed)
            {
                await AnnounceAsync(message, now, token);
            }

            return true;
        }, cancellation);
        if (known)
        {
            renderings.Wake();
        }
        else
        {
            erasures.Wake();
        }
    }

    /// <summary>An update that is not newer than what is known changes nothing.</summary>
    private Task<int> ApplyAsync(ImageUpdated message, CancellationToken cancellation)
    {
        var state = StoredImageState.Write(message.State);
        var clustered = message.State == ImageState.Clustered;
        var palettes = clustered && message.Palettes is { } found
            ? StoredPalettes.Write([.. found.Select(palette => new Palette(palette.Id, palette.Colour, palette.Name, palette.Share))])
            : null;
        return context.Database.ExecuteSqlAsync($"""
            UPDATE images SET
                version = {message.Version}, revision = GREATEST(revision, {message.Revision}), state = {state}, attempt = {message.Attempt},
                reason = {message.Reason}, trace_id = {message.TraceId}, span_id = {message.SpanId}, updated_at = {message.At},
                serving_revision = CASE WHEN {clustered} THEN {message.Revision} ELSE serving_revision END,
                palettes = COALESCE({palettes}::jsonb, palettes)
            WHERE id = {message.ImageId} AND version < {message.Version}
            """, cancellation);
    }

    /// <summary>
    /// Tells those who look at the image. A retake that failed concerns nobody: the picture they have stays.
    /// For a failed first revision the request is only written down; it is sent if a retry succeeds.
    /// </summary>
    private Task<int> AnnounceAsync(ImageUpdated message, DateTimeOffset now, CancellationToken cancellation) => context.ChangeVisitorsAsync(
        "", message.State == ImageState.Clustered
            ? "v.selected_image_id = @image"
            : "v.selected_image_id = (SELECT i.id FROM images i WHERE i.id = @image AND i.serving_revision IS NULL)",
        now, cancellation, new NpgsqlParameter("image", message.ImageId));
}
