using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Repaint.Contracts.Http;
using Repaint.ImageGateway.Images;
using Repaint.ServiceDefaults.Problems;

namespace Repaint.ImageGateway.Renderings;

internal static class RenderingEndpoints
{
    private const int MaxRequests = 500;

    public static void MapRenderings(this IEndpointRouteBuilder routes) => routes
        .MapPost(GatewayRoutes.Renderings, RequestAsync)
        .WithName("RequestRenderings")
        .WithSummary("Says what visitors should see from now on; paintings that do not exist yet are started.");

    private static async Task<Results<Accepted, ProblemHttpResult>> RequestAsync(
        RenderRequests body,
        [FromServices] GatewayDbContext context,
        [FromServices] PaintingRequests paintings,
        [FromServices] GatewayMetrics metrics,
        [FromServices] TimeProvider time,
        CancellationToken cancellation)
    {
        if (body.Requests.Count is < 1 or > MaxRequests)
        {
            return Problem.Of(StatusCodes.Status400BadRequest, ErrorCodes.InvalidRequest, $"Send 1 to {MaxRequests} requests.");
        }

        await context.InTransactionAsync(async token =>
        {
            await paintings.ApplyAsync(context, body.Requests, token);
            return true;
        }, cancellation);
        await context.MeasureFirstPaintingsAsync(
            [.. body.Requests.Select(request => request.ImageId).Distinct()], metrics, time, cancellation);
        return TypedResults.Accepted((string?)null);
    }
}
