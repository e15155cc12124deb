using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Repaint.Api.Authentication;
using Repaint.Api.OpenApi;
using Repaint.Api.Persistence;
using Repaint.Contracts;
using Repaint.Contracts.Http;
using Repaint.ServiceDefaults.Problems;

namespace Repaint.Api.OneTimeUrls;

internal static class VisitorOneTimeUrlEndpoints
{
    private const string Selected = "selected";

    public static void MapVisitorOneTimeUrls(this RouteGroupBuilder me) =>
        me.MapPost("/images/{imageId:length(1,64)}/one-time-url", Mint)
            .WithName("MintVisitorOneTimeUrl")
            .WithSummary("A link that serves one of my pictures once, as painted so far or with one of my palettes alone; "
                + "`selected` stands for the selected image's id")
            .Fails(StatusCodes.Status403Forbidden, ErrorCodes.Forbidden)
            .FailsNotFound()
            .Fails(StatusCodes.Status409Conflict, ErrorCodes.NotReady)
            .FailsWithoutGateway();

    private static async Task<Results<Created<OneTimeUrl>, ProblemHttpResult>> Mint(
        string imageId, OneTimeUrlRequest request, VisitorIdentity caller, HttpContext http,
        RepaintDbContext context, OneTimeUrlMinter minter, CancellationToken cancellation)
    {
        if (request.Rendition is Rendition.Original or Rendition.Clusters)
        {
            return Problem.Of(StatusCodes.Status403Forbidden, ErrorCodes.Forbidden, "This rendition is for staff.");
        }

        if (request is { PaletteId: not null, Rendition: Rendition.Full })
        {
            return Problem.Of(
                StatusCodes.Status400BadRequest, ErrorCodes.InvalidRequest, "One palette alone is shown as thumbnail or view.");
        }

        Guid? wanted = Guid.TryParse(imageId, out var id) ? id : null;
        if (wanted is null && imageId != Selected)
        {
            return NotFound();
        }

        var found = await (
            from visitor in context.Visitors.AsNoTracking()
            from image in context.Images
            join oneEvent in context.Events on image.EventId equals oneEvent.Id
            where visitor.Id == caller.VisitorId
                && image.Id == (wanted ?? visitor.SelectedImageId)
                && (image.VisitorId == visitor.Id || (image.VisitorId == null && image.EventId == visitor.EventId))
            select new
            {
                image.Id,
                visitor.Version,
                visitor.Palettes,
                IsPublic = image.VisitorId == null && oneEvent.PublicImages,
            }).FirstOrDefaultAsync(cancellation);
        if (found is null)
        {
            return NotFound();
        }

        // What is not held yet is not shown. One palette at a time: any set of them would be thousands of paintings.
        PaletteSet? alone = request.PaletteId is { } paletteId ? PaletteSet.Of(paletteId) : null;
        return alone is { } set && (set.Mask & found.Palettes) == 0
            ? Problem.Of(StatusCodes.Status403Forbidden, ErrorCodes.Forbidden, "You do not hold this palette.")
            : await minter.MintAsync(
                http, new LinkRequest(found.Id, caller.VisitorId, request.Rendition, alone, found.IsPublic, request.Disposition),
                found.Version, cancellation);
    }

    private static ProblemHttpResult NotFound() =>
        Problem.Of(StatusCodes.Status404NotFound, ErrorCodes.NotFound, "You have no such image.");
}
