using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Repaint.Api.Audit;
using Repaint.Api.Members;
using Repaint.Api.OpenApi;
using Repaint.Api.Persistence;
using Repaint.Contracts;
using Repaint.Contracts.Http;
using Repaint.ServiceDefaults.Problems;

namespace Repaint.Api.OneTimeUrls;

internal static class StaffOneTimeUrlEndpoints
{
    public static void MapStaffOneTimeUrls(this RouteGroupBuilder oneEvent) =>
        oneEvent.MapPost("/images/{imageId:guid}/one-time-url", Mint).WithTags("Images")
            .WithName("MintStaffOneTimeUrl")
            .WithSummary("A link that serves an image once, at any rendition and palette set; asking for a visitor's is recorded")
            .FailsNotFound()
            .Fails(StatusCodes.Status409Conflict, ErrorCodes.NotReady)
            .FailsWithoutGateway();

    private static async Task<Results<Created<OneTimeUrl>, ProblemHttpResult>> Mint(
        Guid eventId, Guid imageId, StaffOneTimeUrlRequest request, StaffMember member, HttpContext http,
        RepaintDbContext context, OneTimeUrlMinter minter, TimeProvider time, CancellationToken cancellation)
    {
        var image = await context.Images.AsNoTracking()
            .Where(row => row.EventId == eventId && row.Id == imageId)
            .Select(row => new { row.VisitorId, row.Version })
            .FirstOrDefaultAsync(cancellation);
        if (image is null)
        {
            return Problem.Of(StatusCodes.Status404NotFound, ErrorCodes.NotFound, "There is no such image.");
        }

        if (image.VisitorId is { } visitorId)
        {
            // Before the link exists: there must be no look without a record.
            context.Add(PhotoAccess.Of(member, visitorId, imageId, request.Rendition, time.GetUtcNow()));
            await context.SaveChangesAsync(cancellation);
        }

        var link = new LinkRequest(imageId, null, request.Rendition, request.PaletteSet ?? PaletteSet.None);
        return await minter.MintAsync(http, link, image.Version, cancellation);
    }
}
