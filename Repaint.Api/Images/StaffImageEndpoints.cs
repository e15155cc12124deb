using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Repaint.Api.Erasure;
using Repaint.Api.Gateway;
using Repaint.Api.Members;
using Repaint.Api.OpenApi;
using Repaint.Api.Persistence;
using Repaint.Api.Rendering;
using Repaint.Contracts;
using Repaint.Contracts.Http;
using Repaint.ServiceDefaults.Problems;

namespace Repaint.Api.Images;

internal static class StaffImageEndpoints
{
    private const int DefaultPageSize = 50;
    private const int MaxPageSize = 200;

    public static void MapStaffImages(this RouteGroupBuilder oneEvent)
    {
        oneEvent.MapGet("/visitors/{visitorId:guid}", GetVisitorStatus).WithTags("Visitors")
            .WithName("GetVisitorStatus").WithSummary("Whether a visitor has been photographed").FailsNotFound();

        var images = oneEvent.MapGroup("/images").WithTags("Images");
        images.MapGet("", List).WithName("ListImages").WithSummary("A page of the event's images and photographs, newest first");
        images.MapGet("/{imageId:guid}", Get).WithName("GetImage").WithSummary("An image, its state and its palettes").FailsNotFound();
        images.MapDelete("/{imageId:guid}", Delete).RequireOwner().WithName("DeleteImage")
            .WithSummary("Erase an image; visitors who had selected it get another").FailsNotFound();
        images.MapPost("/{imageId:guid}/retry", Retry).WithName("RetryImage").WithSummary("Try a failed image again")
            .FailsNotFound().Fails(StatusCodes.Status409Conflict, ErrorCodes.WrongState).FailsWithoutGateway();
    }

    private static async Task<Results<Ok<VisitorStatus>, ProblemHttpResult>> GetVisitorStatus(
        Guid eventId, Guid visitorId, RepaintDbContext context, CancellationToken cancellation)
    {
        var found = await (
            from visitor in context.Visitors.AsNoTracking()
            where visitor.Id == visitorId && visitor.EventId == eventId
            join image in context.Images on visitor.Id equals image.VisitorId into photos
            from photo in photos.DefaultIfEmpty()
            select new { visitor.Palettes, ImageId = (Guid?)photo!.Id, State = (ImageState?)photo!.State }).FirstOrDefaultAsync(cancellation);
        return found is null
            ? Problem.Of(StatusCodes.Status404NotFound, ErrorCodes.NotFound, "There is no such visitor.")
            : TypedResults.Ok(new VisitorStatus(
                visitorId, found.ImageId is not null, found.ImageId, found.State, new PaletteSet((ushort)found.Palettes).Count));
    }

    private static async Task<Results<Ok<ImagePage>, ProblemHttpResult>> List(
        Guid eventId, RepaintDbContext context, CancellationToken cancellation,
        [FromQuery] ImageStateFilter? state = null, [FromQuery] string? cursor = null, [FromQuery] int limit = DefaultPageSize)
    {
        var after = cursor is null ? null : ImageCursor.Parse(cursor);
        if (limit is < 1 or > MaxPageSize || (cursor is not null && after is null))
        {
            return Problem.Of(StatusCodes.Status400BadRequest, ErrorCodes.InvalidRequest,
                $"The limit is 1–{MaxPageSize}, and a cursor is what the page before gave as next.");
        }

        var images = context.Images.AsNoTracking().Where(image => image.EventId == eventId);
        images = state is { State: var wanted } ? images.Where(image => image.State == wanted) : images;
        images = after is { } last
            ? images.Where(image => EF.Functions.LessThan(
                ValueTuple.Create(image.CreatedAt, image.Id), ValueTuple.Create(last.CreatedAt, last.Id)))
            : images;
        var page = await images
            .OrderByDescending(image => image.CreatedAt).ThenByDescending(image => image.Id)
            .Take(limit + 1)
            .ToListAsync(cancellation);
        var next = page.Count > limit ? new ImageCursor(page[limit - 1].CreatedAt, page[limit - 1].Id).ToString() : null;
        return TypedResults.Ok(new ImagePage([.. page.Take(limit).Select(Details)], next));
    }

    private static async Task<Results<Ok<ImageDetails>, ProblemHttpResult>> Get(
        Guid eventId, Guid imageId, RepaintDbContext context, CancellationToken cancellation) =>
        await context.Images.AsNoTracking().FirstOrDefaultAsync(
            image => image.EventId == eventId && image.Id == imageId, cancellation) is { } found
            ? TypedResults.Ok(Details(found))
            : NotFound();

    private static async Task<Results<NoContent, ProblemHttpResult>> Delete(
        Guid eventId, Guid imageId, RepaintDbContext context, ErasureRelay erasures, RenderRequestRelay renderings,
        TimeProvider time, CancellationToken cancellation)
    {
        if (!await ExistsAsync(context, eventId, imageId, cancellation))
        {
            return NotFound();
        }

        await context.InTransactionAsync(token => context.ForgetAsync(imageId, time.GetUtcNow(), token), cancellation);
        erasures.Wake();
        renderings.Wake();
        return TypedResults.NoContent();
    }

    private static async Task<Results<Accepted, ProblemHttpResult>> Retry(
        Guid eventId, Guid imageId, RepaintDbContext context, GatewayClient gateway, CancellationToken cancellation)
    {
        if (!await ExistsAsync(context, eventId, imageId, cancellation))
        {
            return NotFound();
        }

        await gateway.RetryAsync(imageId, cancellation);
        return TypedResults.Accepted($"/api/staff/events/{eventId}/images/{imageId}");
    }

    private static Task<bool> ExistsAsync(RepaintDbContext context, Guid eventId, Guid imageId, CancellationToken cancellation) =>
        context.Images.AnyAsync(image => image.EventId == eventId && image.Id == imageId, cancellation);

    private static ImageDetails Details(Image image) => new(
        image.Id, image.VisitorId, image.Revision, image.State, image.Attempt, image.Reason, image.TraceId,
        image.Palettes ?? [], image.CreatedAt, image.UpdatedAt);

    private static ProblemHttpResult NotFound() =>
        Problem.Of(StatusCodes.Status404NotFound, ErrorCodes.NotFound, "There is no such image.");
}
