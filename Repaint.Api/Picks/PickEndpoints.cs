using System.Diagnostics;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Repaint.Api.Authentication;
using Repaint.Api.OpenApi;
using Repaint.Api.Persistence;
using Repaint.Api.Rendering;
using Repaint.Contracts;
using Repaint.Contracts.Http;
using Repaint.ServiceDefaults.Problems;
using Repaint.ServiceDefaults.Telemetry;

namespace Repaint.Api.Picks;

internal static class PickEndpoints
{
    public static void MapPicks(this RouteGroupBuilder me) =>
        me.MapPost("/picks", Pick)
            .WithName("PickPalette")
            .WithSummary("Win a palette with a spot's code; repeating a pickId repeats its answer with 200")
            .FailsNotFound()
            .Fails(StatusCodes.Status409Conflict, ErrorCodes.PickCooldown)
            .Fails(StatusCodes.Status409Conflict, ErrorCodes.PicksComplete);

    private static async Task<Results<Created<PickedPalette>, Ok<PickedPalette>, ProblemHttpResult>> Pick(
        PickRequest request, VisitorIdentity caller, HttpContext http, RepaintDbContext context, PickRule rule,
        RenderRequestRelay renderings, ApiMetrics metrics, CancellationToken cancellation)
    {
        var outcome = await rule.PickAsync(caller, request, cancellation);
        Activity.Current?
            .SetTag(TelemetryAttributes.EventId, caller.EventId)
            .SetTag(TelemetryAttributes.VisitorId, caller.VisitorId);
        metrics.Picked(outcome.Kind);
        switch (outcome.Kind)
        {
            case PickOutcomeKind.Won:
                renderings.Wake();
                return TypedResults.Created((string?)null, await AnswerAsync(outcome.Pick!, context, cancellation));
            case PickOutcomeKind.Repeated:
                return TypedResults.Ok(await AnswerAsync(outcome.Pick!, context, cancellation));
            case PickOutcomeKind.Cooldown:
                return Problem.Of(http, StatusCodes.Status409Conflict, ErrorCodes.PickCooldown,
                    "This spot gave you a palette a moment ago; come back later or visit another spot.", outcome.Wait);
            case PickOutcomeKind.Complete:
                return Problem.Of(StatusCodes.Status409Conflict, ErrorCodes.PicksComplete, "You hold every palette.");
            default:
                return Problem.Of(StatusCodes.Status404NotFound, ErrorCodes.NotFound, "This is not the code of a spot of your event.");
        }
    }

    private static async Task<PickedPalette> AnswerAsync(Pick pick, RepaintDbContext context, CancellationToken cancellation)
    {
        var painted = await context.Images
            .Where(image => image.Id == pick.ImageId)
            .Select(image => new { image.Palettes, image.TraceId, image.SpanId })
            .FirstOrDefaultAsync(cancellation);
        Activity.Current?.SetTag(TelemetryAttributes.ImageId, pick.ImageId);
        Activity.Current.LinkTo(painted?.TraceId, painted?.SpanId);
        var palette = painted?.Palettes?.FirstOrDefault(palette => palette.Id == pick.PaletteId);
        return new PickedPalette(
            pick.PaletteId, palette?.Colour, palette?.Name, pick.Held, pick.Total, pick.CooldownEndsAt, pick.ImageId);
    }
}
