using System.ComponentModel.DataAnnotations;
using System.Diagnostics;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Repaint.Contracts;
using Repaint.Contracts.Http;
using Repaint.ServiceDefaults.Problems;

namespace Repaint.ImageGateway.Uploads;

internal static class UploadEndpoints
{
    public static void MapUploads(this IEndpointRouteBuilder routes) => routes
        .MapPut(GatewayRoutes.Images + "/{imageId:guid}", UploadAsync)
        .WithName("UploadImage")
        .WithSummary("Stores a photograph and queues it for clustering.");

    private static async Task<Results<Accepted<StoredImage>, ProblemHttpResult>> UploadAsync(
        Guid imageId,
        Guid eventId,
        Guid? visitorId,
        [Range(PaletteSet.MinPalettes, PaletteSet.MaxPalettes)] int paletteCount,
        bool? overwrite,
        HttpContext http,
        [FromServices] UploadImage upload,
        [FromServices] GatewayMetrics metrics)
    {
        // The stream counts for itself and answers with our own code.
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = null;
        }

        GatewayTelemetry.Describe(imageId);
        Activity.Current?.SetTag(TelemetryAttributes.EventId, eventId).SetTag(TelemetryAttributes.VisitorId, visitorId);
        try
        {
            var stored = await upload.StoreAsync(
                new UploadRequest(imageId, eventId, visitorId, paletteCount, overwrite ?? false),
                http.Request.Body, http.Request.ContentLength, http.RequestAborted);
            GatewayTelemetry.Describe(stored.ImageId, stored.Revision);
            return TypedResults.Accepted((string?)null, stored);
        }
        catch (UploadRefusedException refused)
        {
            metrics.UploadRefused(refused.Code);
            return Problem.Of(refused.Status, refused.Code, refused.Message);
        }
    }
}
