using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Repaint.Api.Members;
using Repaint.Api.OpenApi;
using Repaint.Api.Persistence;
using Repaint.Api.QrCodes;
using Repaint.Contracts.Http;
using Repaint.ServiceDefaults.Problems;

namespace Repaint.Api.Spots;

internal static class StaffSpotEndpoints
{
    public static void MapStaffSpots(this RouteGroupBuilder oneEvent)
    {
        var spots = oneEvent.MapGroup("/spots").WithTags("Spots");
        spots.MapPost("", Create).RequireOwner().WithName("CreateSpot").WithSummary("Create a spot");
        spots.MapGet("", List).WithName("ListSpots").WithSummary("The event's spots with their codes, oldest first");
        spots.MapGet("/{spotId:guid}", Get).WithName("GetSpot").WithSummary("A spot with its code").FailsNotFound();
        spots.MapPut("/{spotId:guid}", Rename).RequireOwner().WithName("UpdateSpot").WithSummary("Rename a spot").FailsNotFound();
        spots.MapDelete("/{spotId:guid}", Delete).RequireOwner().WithName("DeleteSpot")
            .WithSummary("Delete a spot: its code stops working, what was won there stays").FailsNotFound();
        spots.MapGet("/{spotId:guid}/qr.svg", GetQr).WithName("GetSpotQr").WithSummary("QR code of a spot, to be printed")
            .Produces<string>(contentType: QrSvg.ContentType).FailsNotFound();
    }

    private static async Task<Created<SpotDetails>> Create(
        Guid eventId, SpotSettings settings, RepaintDbContext context, TimeProvider time, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var spot = new Spot { Id = Guid.CreateVersion7(now), EventId = eventId, Name = settings.Name.Trim(), CreatedAt = now };
        context.Add(spot);
        await context.SaveChangesAsync(cancellation);
        var key = await NewestKeyAsync(context, eventId, cancellation);
        return TypedResults.Created($"/api/staff/events/{eventId}/spots/{spot.Id}", Details(spot, key));
    }

    private static async Task<Ok<IReadOnlyList<SpotDetails>>> List(Guid eventId, RepaintDbContext context, CancellationToken cancellation)
    {
        var key = await NewestKeyAsync(context, eventId, cancellation);
        var spots = await context.Spots.AsNoTracking()
            .Where(spot => spot.EventId == eventId)
            .OrderBy(spot => spot.CreatedAt).ThenBy(spot => spot.Id)
            .ToListAsync(cancellation);
        return TypedResults.Ok<IReadOnlyList<SpotDetails>>([.. spots.Select(spot => Details(spot, key))]);
    }

    private static async Task<Results<Ok<SpotDetails>, ProblemHttpResult>> Get(
        Guid eventId, Guid spotId, RepaintDbContext context, CancellationToken cancellation) =>
        await FindAsync(context, eventId, spotId, cancellation) is { } spot
            ? TypedResults.Ok(Details(spot, await NewestKeyAsync(context, eventId, cancellation)))
            : NotFound();

    private static async Task<Results<Ok<SpotDetails>, ProblemHttpResult>> Rename(
        Guid eventId, Guid spotId, SpotSettings settings, RepaintDbContext context, CancellationToken cancellation)
    {
        var name = settings.Name.Trim();
        await context.Spots.Where(spot => spot.EventId == eventId && spot.Id == spotId)
            .ExecuteUpdateAsync(set => set.SetProperty(spot => spot.Name, name), cancellation);
        return await Get(eventId, spotId, context, cancellation);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Delete(
        Guid eventId, Guid spotId, RepaintDbContext context, CancellationToken cancellation) =>
        await context.Spots.Where(spot => spot.EventId == eventId && spot.Id == spotId).ExecuteDeleteAsync(cancellation) > 0
            ? TypedResults.NoContent()
            : NotFound();

    /// <summary>The code stands in the address's fragment, which browsers do not send: it reaches no server's log.</summary>
    private static async Task<Results<ContentHttpResult, ProblemHttpResult>> GetQr(
        Guid eventId, Guid spotId, RepaintDbContext context, IOptions<ApiOptions> options, CancellationToken cancellation)
    {
        if (await FindAsync(context, eventId, spotId, cancellation) is not { } spot)
        {
            return NotFound();
        }

        var code = SpotCode.Sign(await NewestKeyAsync(context, eventId, cancellation), spot.Id);
        return QrSvg.Result($"{options.Value.PublicOrigin.TrimEnd('/')}/#pick={code}");
    }

    private static Task<Spot?> FindAsync(RepaintDbContext context, Guid eventId, Guid spotId, CancellationToken cancellation) =>
        context.Spots.AsNoTracking().FirstOrDefaultAsync(spot => spot.EventId == eventId && spot.Id == spotId, cancellation);

    private static Task<SpotKey> NewestKeyAsync(RepaintDbContext context, Guid eventId, CancellationToken cancellation) =>
        context.SpotKeys.AsNoTracking().Where(key => key.EventId == eventId).OrderByDescending(key => key.KeyNo).FirstAsync(cancellation);

    private static SpotDetails Details(Spot spot, SpotKey key) => new(spot.Id, spot.Name, SpotCode.Sign(key, spot.Id));

    private static ProblemHttpResult NotFound() =>
        Problem.Of(StatusCodes.Status404NotFound, ErrorCodes.NotFound, "There is no such spot.");
}
