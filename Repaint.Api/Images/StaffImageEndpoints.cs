using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Repaint.Api.Erasure;
using Repaint.Api.Members;
using Repaint.Api.OpenApi;
using Repaint.Api.Persistence;
using Repaint.Api.Rendering;
using Repaint.Contracts.Http;
using Repaint.ServiceDefaults.Problems;

namespace Repaint.Api.Images;

internal static class StaffImageEndpoints
{
    public static void MapStaffImages(this RouteGroupBuilder oneEvent)
    {
        var images = oneEvent.MapGroup("/images").WithTags("Images");
        images.MapGet("", List).WithName("ListImages").WithSummary("A page of the event's images and photographs, newest first");
        images.MapGet("/{imageId:guid}", Get).WithName("GetImage").WithSummary("An image, its state and its palettes").FailsNotFound();
        images.MapDelete("/{imageId:guid}", Delete).RequireOwner().WithName("DeleteImage")
            .WithSummary("Erase an image; visitors who had selected it get another").FailsNotFound();
        images.MapRetries();
    }

    private static async Task<Results<Ok<ImagePage>, ProblemHttpResult>> List(
        Guid eventId, [AsParameters] ImageListQuery query, RepaintDbContext context, CancellationToken cancellation)
    {
        if (query.Refusal() is { } refusal)
        {
            return Problem.Of(StatusCodes.Status400BadRequest, ErrorCodes.InvalidRequest, refusal);
        }

        var page = await query.Apply(context, eventId).ToListAsync(cancellation);
        var next = page.Count > query.PageSize
            ? new ImageCursor(page[query.PageSize - 1].CreatedAt, page[query.PageSize - 1].Id).ToString()
            : null;
        return TypedResults.Ok(new ImagePage(
            await context.DetailsAsync(eventId, [.. page.Take(query.PageSize)], cancellation), next));
    }

    private static async Task<Results<Ok<ImageDetails>, ProblemHttpResult>> Get(
        Guid eventId, Guid imageId, RepaintDbContext context, CancellationToken cancellation) =>
        await context.Images.AsNoTracking().FirstOrDefaultAsync(
            image => image.EventId == eventId && image.Id == imageId, cancellation) is { } found
            ? TypedResults.Ok((await context.DetailsAsync(eventId, [found], cancellation))[0])
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

    private static Task<bool> ExistsAsync(RepaintDbContext context, Guid eventId, Guid imageId, CancellationToken cancellation) =>
        context.Images.AnyAsync(image => image.EventId == eventId && image.Id == imageId, cancellation);

    private static ProblemHttpResult NotFound() =>
        Problem.Of(StatusCodes.Status404NotFound, ErrorCodes.NotFound, "There is no such image.");
}
