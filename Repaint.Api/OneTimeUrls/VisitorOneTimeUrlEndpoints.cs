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
            .WithSummary("A link that serves one of my pictures once, as painted so far; `selected` stands for the selected image's id")
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

        Guid? wanted = Guid.TryParse(imageId, out var id) ? id : null;
        if (wanted is null && imageId != Selected)
        {
            return NotFound();
        }

        var found = await (
            from visitor in context.Visitors.AsNoTracking()
            from image in context.Images
            where visitor.Id == caller.VisitorId
                && image.Id == (wanted ?? visitor.SelectedImageId)
                && (image.VisitorId == visitor.Id || (image.VisitorId == null && image.EventId == visitor.EventId))
            select new { image.Id, visitor.Version }).FirstOrDefaultAsync(cancellation);
        return found is null
            ? NotFound()
            : await minter.MintAsync(http, new LinkRequest(found.Id, caller.VisitorId, request.Rendition), found.Version, cancellation);
    }

    private static ProblemHttpResult NotFound() =>
        Problem.Of(StatusCodes.Status404NotFound, ErrorCodes.NotFound, "You have no such image.");
}
