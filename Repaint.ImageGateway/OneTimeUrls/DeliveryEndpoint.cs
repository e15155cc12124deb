using Microsoft.AspNetCore.Mvc;
using Repaint.Contracts.Http;
using Repaint.ServiceDefaults.Problems;

namespace Repaint.ImageGateway.OneTimeUrls;

internal static class DeliveryEndpoint
{
    private const string PurposeHeader = "Sec-Purpose";
    private const int TooEarly = 425; // RFC 8470
    private static readonly TimeSpan RetryWhenNotReady = TimeSpan.FromSeconds(2);

    public static void MapDelivery(this IEndpointRouteBuilder routes) => routes
        .MapMethods(GatewayRoutes.PublicImages + "/{imageId:guid}", [HttpMethods.Get, HttpMethods.Head], DeliverAsync)
        .RequireRateLimiting(DeliveryLimits.PerAddress)
        .WithName("DeliverImage")
        .WithSummary("Serves what a one-time URL names, once.");

    private static async Task DeliverAsync(
        Guid imageId,
        HttpContext http,
        [FromServices] Redemption redemption,
        [FromServices] ImageDelivery delivery,
        [FromServices] GatewayMetrics metrics)
    {
        GatewayTelemetry.Describe(imageId);
        if (Token.Hash(http.Request.Query["token"]) is not { } tokenHash)
        {
            await RefuseAsync(http, ErrorCodes.NotFound, metrics);
            return;
        }

        if (http.Request.Headers[PurposeHeader].ToString().StartsWith("prefetch", StringComparison.OrdinalIgnoreCase))
        {
            // Anything but a success makes the browser forget the prefetch and ask again when the person really goes there.
            await RefuseAsync(http, ErrorCodes.PrefetchRefused, metrics);
            return;
        }

        if (await delivery.TryDeliverAsync(http, tokenHash, imageId) is { } code)
        {
            await RefuseAsync(http, code, metrics);
        }
    }

    private static Task RefuseAsync(HttpContext http, string code, GatewayMetrics metrics)
    {
        metrics.UrlRefused(code);
        var problem = code switch
        {
            ErrorCodes.UrlUsed => Problem.Of(StatusCodes.Status410Gone, code, "This link has been used. Ask for a new one."),
            ErrorCodes.UrlExpired => Problem.Of(StatusCodes.Status410Gone, code, "This link has expired. Ask for a new one."),
            ErrorCodes.UrlRevoked => Problem.Of(StatusCodes.Status410Gone, code, "What this link named has been erased."),
            ErrorCodes.NotReady => Problem.Of(
                http, StatusCodes.Status409Conflict, code, "The picture is still being made.", RetryWhenNotReady),
            ErrorCodes.PrefetchRefused => Problem.Of(TooEarly, code, "A link that works once is not fetched in advance."),
            ErrorCodes.Unavailable => Problem.Of(
                http, StatusCodes.Status503ServiceUnavailable, code, "The picture cannot be sent at the moment.", RetryWhenNotReady),
            ErrorCodes.RateLimited => DeliveryLimits.Refusal(http),
            _ => Problem.Of(StatusCodes.Status404NotFound, ErrorCodes.NotFound, "There is no such link."),
        };
        return problem.ExecuteAsync(http);
    }
}
