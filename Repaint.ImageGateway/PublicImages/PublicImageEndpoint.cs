using Azure.Storage.Blobs;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Microsoft.Net.Http.Headers;
using Repaint.Contracts;
using Repaint.Contracts.Http;
using Repaint.ImageGateway.OneTimeUrls;
using Repaint.ImageGateway.Sweeping;
using Repaint.ServiceDefaults.Problems;

namespace Repaint.ImageGateway.PublicImages;

/// <summary>Serves an event's own images, when the event says that they are public, to anyone and any cache.</summary>
internal static class PublicImageEndpoint
{
    private const string Cacheable = "public, max-age=31536000, immutable";

    public static void MapPublicImages(this IEndpointRouteBuilder routes) => routes
        .MapMethods(GatewayRoutes.PublicImages + "/{imageId:guid}/{version:length(10,64)}", [HttpMethods.Get, HttpMethods.Head], ServeAsync)
        .RequireRateLimiting(DeliveryLimits.PerAddress)
        .WithName("ServePublicImage")
        .WithSummary("Serves a public image of an event; a visitor's picture never.");

    private static async Task ServeAsync(
        Guid imageId,
        string version,
        HttpContext http,
        [FromServices] PublicAddress addresses,
        [FromServices] GatewayDbContext context,
        [FromServices] BlobContainerClient container,
        [FromServices] DeliveryLimits limits,
        [FromServices] LostBlobs lost)
    {
        GatewayTelemetry.Describe(imageId);
        // What a cache keeps of a page without CORS is of no use to one with it.
        http.Response.Headers.Vary = HeaderNames.Origin;
        if (addresses.Read(imageId, version) is not { } picture || await FindAsync(context, picture, http.RequestAborted) is not { } view)
        {
            await Problem.Of(StatusCodes.Status404NotFound, ErrorCodes.NotFound, "There is no such picture.").ExecuteAsync(http);
            return;
        }

        using var place = await limits.EnterAsync(http.RequestAborted);
        var headers = http.Request.GetTypedHeaders();
        var blob = container.GetBlobClient(view.BlobName);
        var isHead = HttpMethods.IsHead(http.Request.Method);
        using var content = !place.IsAcquired ? null
            : headers.Range is { } range && !isHead ? await BlobContent.OpenPartAsync(blob, range, headers, http.RequestAborted)
            : await BlobContent.OpenAsync(blob, withStream: !isHead, http.RequestAborted);
        if (content is null)
        {
            if (place.IsAcquired)
            {
                await lost.MendAsync(imageId, picture.Revision, http.RequestAborted);
            }

            await Problem.Of(
                http, StatusCodes.Status503ServiceUnavailable, ErrorCodes.Unavailable, "The picture cannot be sent at the moment.",
                TimeSpan.FromSeconds(2)).ExecuteAsync(http);
        }
        else if (DeliveryHeaders.Announce(http, headers, view, Disposition.Inline, content, Cacheable) && content.Stream is { } stream)
        {
            await stream.CopyToAsync(http.Response.Body, http.RequestAborted);
        }
    }

    // Only what the event still shows: what has been erased or replaced is gone here, whatever caches keep.
    private static async Task<View?> FindAsync(GatewayDbContext context, PublicPicture picture, CancellationToken cancellation)
    {
        var found = await (
            from image in context.Images
            where image.Id == picture.ImageId && image.VisitorId == null && image.ServingRevision == picture.Revision
            join row in context.Revisions on new { ImageId = image.Id, picture.Revision } equals new { row.ImageId, row.Revision }
            select new { image.EventId, row.PaletteCount }).SingleOrDefaultAsync(cancellation);
        return found is null ? null : View.Of(
            new ImageBlobNames(found.EventId, picture.ImageId, picture.Revision), found.PaletteCount,
            picture.Rendition, picture.PaletteSet, showsCurrent: false, isReady: true);
    }
}
