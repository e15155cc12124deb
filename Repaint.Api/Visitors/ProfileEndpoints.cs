using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Repaint.Api.Authentication;
using Repaint.Api.Erasure;
using Repaint.Api.OpenApi;
using Repaint.Api.Persistence;
using Repaint.Api.QrCodes;
using Repaint.Api.Rendering;
using Repaint.Contracts;
using Repaint.Contracts.Http;
using Repaint.ServiceDefaults.Problems;

namespace Repaint.Api.Visitors;

/// <summary>What visitors see and decide of themselves.</summary>
internal static class ProfileEndpoints
{
    public static void MapProfile(this RouteGroupBuilder me)
    {
        me.MapGet("", Get).WithName("GetVisitor").WithSummary("My profile and the palettes I hold");
        me.MapGet("/qr.svg", GetQr).WithName("GetVisitorQr")
            .WithSummary("My QR code, for the staff's camera; it names me and gives no access").Produces<string>(contentType: QrSvg.ContentType);
        me.MapDelete("", Erase).WithName("EraseVisitor").WithSummary("Erase me, my photograph and every picture made of it");
        me.MapGet("/images", ListImages).WithName("ListVisitorImages").WithSummary("The images I can paint: my photograph, then the event's");
        me.MapPut("/selected-image", Select).WithName("SelectImage").WithSummary("Choose the image to paint").FailsNotFound();
    }

    private static async Task<Results<Ok<VisitorProfile>, ProblemHttpResult>> Get(
        VisitorIdentity caller, RepaintDbContext context, CancellationToken cancellation)
    {
        var found = await (
            from visitor in context.Visitors.AsNoTracking()
            join row in context.Events.AsNoTracking() on visitor.EventId equals row.Id
            where visitor.Id == caller.VisitorId
            select new
            {
                Event = row,
                visitor.Palettes,
                visitor.SelectedImageId,
                visitor.Version,
            }).FirstOrDefaultAsync(cancellation);
        return found is null
            ? Gone()
            : TypedResults.Ok(new VisitorProfile(
                caller.VisitorId, found.Event.Summary(), [.. new PaletteSet((ushort)found.Palettes).PaletteIds()], found.SelectedImageId, found.Version));
    }

    private static ContentHttpResult GetQr(VisitorIdentity caller) =>
        QrSvg.Result(new VisitorQr(caller.EventId, caller.VisitorId).ToString());

    private static async Task<NoContent> Erase(
        VisitorIdentity caller, RepaintDbContext context, ErasureRelay erasures, TimeProvider time, CancellationToken cancellation)
    {
        await context.EraseVisitorAsync(caller.VisitorId, time.GetUtcNow(), cancellation);
        erasures.Wake();
        return TypedResults.NoContent();
    }

    private static async Task<Ok<IReadOnlyList<VisitorImage>>> ListImages(
        VisitorIdentity caller, RepaintDbContext context, CancellationToken cancellation)
    {
        var selected = await context.Visitors
            .Where(visitor => visitor.Id == caller.VisitorId)
            .Select(visitor => visitor.SelectedImageId)
            .FirstOrDefaultAsync(cancellation);
        var photo = await context.Images.AsNoTracking()
            .Where(image => image.VisitorId == caller.VisitorId)
            .ToListAsync(cancellation);
        var defaults = await context.Images.AsNoTracking()
            .Where(image => image.EventId == caller.EventId && image.VisitorId == null)
            .OrderBy(image => image.CreatedAt).ThenBy(image => image.Id)
            .ToListAsync(cancellation);
        return TypedResults.Ok<IReadOnlyList<VisitorImage>>([.. photo.Concat(defaults).Select(image => new VisitorImage(
            image.Id, image.VisitorId is null ? ImageKinds.Default : ImageKinds.Photo, image.State, image.Id == selected, image.Palettes ?? []))]);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Select(
        SelectImageRequest request, VisitorIdentity caller, RepaintDbContext context, RenderRequestRelay renderings,
        TimeProvider time, CancellationToken cancellation)
    {
        var selected = await context.InTransactionAsync(async token =>
        {
            // In the order of ImageRegistry.LockAsync, and the image too: it may be on its way out.
            await context.Database.SqlQuery<Guid>($"SELECT id FROM events WHERE id = {caller.EventId} FOR KEY SHARE").ToListAsync(token);
            await context.Database.SqlQuery<Guid>($"SELECT id FROM visitors WHERE id = {caller.VisitorId} FOR NO KEY UPDATE").ToListAsync(token);
            var images = await context.Database.SqlQuery<Guid>($"""
                SELECT id FROM images
                WHERE id = {request.ImageId} AND event_id = {caller.EventId} AND (visitor_id IS NULL OR visitor_id = {caller.VisitorId})
                FOR KEY SHARE
                """).ToListAsync(token);
            if (images.Count == 0)
            {
                return false;
            }

            // Choosing what is chosen already changes nothing.
            await context.ChangeVisitorsAsync(
                "selected_image_id = @image,", "v.id = @visitor AND v.selected_image_id IS DISTINCT FROM @image", time.GetUtcNow(), token,
                new NpgsqlParameter("image", request.ImageId), new NpgsqlParameter("visitor", caller.VisitorId));
            return true;
        }, cancellation);
        if (!selected)
        {
            return Problem.Of(StatusCodes.Status404NotFound, ErrorCodes.NotFound, "You have no such image.");
        }

        renderings.Wake();
        return TypedResults.NoContent();
    }

    /// <summary>Erased between authentication and now.</summary>
    private static ProblemHttpResult Gone() =>
        Problem.Of(StatusCodes.Status401Unauthorized, ErrorCodes.Unauthenticated, "You have been erased.");
}
