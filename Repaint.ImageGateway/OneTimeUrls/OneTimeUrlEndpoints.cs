using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Repaint.Contracts.Http;
using Repaint.ServiceDefaults.Problems;

namespace Repaint.ImageGateway.OneTimeUrls;

internal static class OneTimeUrlEndpoints
{
    private const int MaxLinks = 100;

    public static void MapOneTimeUrls(this IEndpointRouteBuilder routes) => routes
        .MapPost(GatewayRoutes.OneTimeUrls, MintAsync)
        .WithName("MintOneTimeUrls")
        .WithSummary("Mints one-time URLs, one or many.");

    private static async Task<Results<Ok<MintResponse>, ProblemHttpResult>> MintAsync(
        MintRequest body, HttpContext http, [FromServices] MintOneTimeUrls mint, CancellationToken cancellation)
    {
        if (body.Links.Count is < 1 or > MaxLinks)
        {
            return Problem.Of(StatusCodes.Status400BadRequest, ErrorCodes.InvalidRequest, $"Ask for 1 to {MaxLinks} links.");
        }

        http.Response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(await mint.MintAsync(body.Links, cancellation));
    }
}
