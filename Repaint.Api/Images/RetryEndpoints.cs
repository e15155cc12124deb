using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Repaint.Api.Gateway;
using Repaint.Api.OpenApi;
using Repaint.Api.Persistence;
using Repaint.Contracts;
using Repaint.Contracts.Http;
using Repaint.ServiceDefaults.Problems;

namespace Repaint.Api.Images;

/// <summary>Trying failed images again. The gateway decides whether it can; the new state comes by queue.</summary>
internal static class RetryEndpoints
{
    private const int MaxRetries = 100;
    private const int AtOnce = 8;

    public static void MapRetries(this RouteGroupBuilder images)
    {
        images.MapPost("/{imageId:guid}/retry", Retry).WithName("RetryImage").WithSummary("Try a failed image again")
            .FailsNotFound().Fails(StatusCodes.Status409Conflict, ErrorCodes.WrongState).FailsWithoutGateway();
        images.MapPost("/retry", RetryAll).WithName("RetryImages")
            .WithSummary("Try the event's failed images again, longest failed first, 100 with each request")
            .FailsWithoutGateway();
    }

    private static async Task<Results<Accepted, ProblemHttpResult>> Retry(
        Guid eventId, Guid imageId, RepaintDbContext context, GatewayClient gateway, CancellationToken cancellation)
    {
        if (!await context.Images.AnyAsync(image => image.EventId == eventId && image.Id == imageId, cancellation))
        {
            return Problem.Of(StatusCodes.Status404NotFound, ErrorCodes.NotFound, "There is no such image.");
        }

        await gateway.RetryAsync(imageId, cancellation);
        return TypedResults.Accepted($"/api/staff/events/{eventId}/images/{imageId}");
    }

    /// <summary>One that the gateway refuses does not hold up the rest; a gateway that is down ends it.</summary>
    private static async Task<Ok<RetriedImages>> RetryAll(
        Guid eventId, RepaintDbContext context, GatewayClient gateway, CancellationToken cancellation)
    {
        var failed = await context.Images
            .Where(image => image.EventId == eventId && image.State == ImageState.Failed)
            .OrderBy(image => image.UpdatedAt).ThenBy(image => image.Id)
            .Select(image => image.Id)
            .Take(MaxRetries + 1)
            .ToListAsync(cancellation);
        var refused = 0;
        await Parallel.ForEachAsync(
            failed.Take(MaxRetries),
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation },
            async (imageId, token) =>
            {
                try
                {
                    await gateway.RetryAsync(imageId, token);
                }
                catch (GatewayException exception) when (exception.IsRefusal)
                {
                    Interlocked.Increment(ref refused);
                }
            });
        return TypedResults.Ok(new RetriedImages(Math.Min(failed.Count, MaxRetries) - refused, refused, failed.Count > MaxRetries));
    }
}
