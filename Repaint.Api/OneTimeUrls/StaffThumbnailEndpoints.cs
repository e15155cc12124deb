using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Repaint.Api.Audit;
using Repaint.Api.Members;
using Repaint.Api.OpenApi;
using Repaint.Api.Persistence;
using Repaint.Contracts;
using Repaint.Contracts.Http;

namespace Repaint.Api.OneTimeUrls;

internal static class StaffThumbnailEndpoints
{
    public static void MapStaffThumbnails(this RouteGroupBuilder oneEvent) =>
        oneEvent.MapPost("/thumbnails", Mint).WithTags("Images")
            .WithName("MintThumbnails")
            .WithSummary("One-time URLs of the thumbnails of a page of images at once; each look at a visitor's is recorded")
            .FailsWithoutGateway();

    private static async Task<Ok<ThumbnailPage>> Mint(
        Guid eventId, ThumbnailsRequest request, StaffMember member, RepaintDbContext context, OneTimeUrlMinter minter,
        TimeProvider time, CancellationToken cancellation)
    {
        var owners = await context.Images.AsNoTracking()
            .Where(image => image.EventId == eventId && request.ImageIds.Contains(image.Id))
            .ToDictionaryAsync(image => image.Id, image => image.VisitorId, cancellation);
        var palettes = request.PaletteSet ?? PaletteSet.All(
            await context.Events.Where(row => row.Id == eventId).Select(row => row.PaletteCount).FirstAsync(cancellation));
        var minted = await minter.MintThumbnailsAsync(
            [.. owners.Keys.Select(imageId => new LinkRequest(imageId, null, Rendition.Thumbnail, palettes))], cancellation);

        // Before a link leaves: there must be no look without a record.
        var now = time.GetUtcNow();
        context.AddRange(
            from thumbnail in minted.Values
            let visitorId = owners[thumbnail.ImageId]
            where thumbnail.Url is not null && visitorId is not null
            select PhotoAccess.Of(member, visitorId.Value, thumbnail.ImageId, Rendition.Thumbnail, now));
        await context.SaveChangesAsync(cancellation);
        return TypedResults.Ok(new ThumbnailPage([.. request.ImageIds.Select(imageId =>
            minted.GetValueOrDefault(imageId) ?? new Thumbnail(imageId, null, null, ErrorCodes.NotFound))]));
    }
}
