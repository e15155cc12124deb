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
    public const int MaxSpots = 200;

    public static void MapStaffSpots(this RouteGroupBuilder oneEvent)
    {
        var spots = oneEvent.MapGroup("/spots").WithTags("Spots");
        spots.MapPost("", Create).RequireOwner().WithName("CreateSpot").WithSummary("Create a spot")
            .Fails(StatusCodes.Status409Conflict, ErrorCodes.LimitReached);
        spots.MapGet("", List).WithName("ListSpots").WithSummary("The event's spots with their codes, oldest first");
        spots.MapGet("/{spotId:guid}", Get).WithName("GetSpot").WithSummary("A spot with its code").FailsNotFound();
        spots.MapPut("/{spotId:guid}", Update).RequireOwner().WithName("UpdateSpot").WithSummary("Replace a spot's settings").FailsNotFound();
        spots.MapDelete("/{spotId:guid}", Delete).RequireOwner().WithName("DeleteSpot")
            .WithSummary("Delete a spot: its code stops working, what was won there stays").FailsNotFound();
        spots.MapGet("/{spotId:guid}/qr.svg", GetQr).WithName("GetSpotQr")
            .WithSummary("QR code of the address that opens the visitor's app with a spot's code, to be printed")
            .Produces<string>(contentType: QrSvg.ContentType).FailsNotFound();
        spots.MapGet("/{spotId:guid}/code", GetCode).WithName("GetSpotCode")
            .WithSummary("What a screen at a spot shows: the code, its QR code, and when it changes").FailsNotFound();
        spots.MapPost("/rotate-key", RotateKey).RequireOwner().WithName("RotateSpotKey")
            .WithSummary("Sign the event's codes with a new key; old codes stop working, at once or after a stated time");
    }

    private static async Task<Results<Created<SpotDetails>, ProblemHttpResult>> Create(
        Guid eventId, SpotSettings settings, RepaintDbContext context, TimeProvider time, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var spot = new Spot
        {
            Id = Guid.CreateVersion7(now),
            EventId = eventId,
            Name = settings.Name.Trim(),
            RotationSeconds = settings.RotationSeconds,
            CreatedAt = now,
        };
        var refused = await context.InTransactionAsync<ProblemHttpResult?>(async token =>
        {
            // Of two at once, one sees the other.
            if (!await context.LockEventAsync(eventId, token))
            {
                return Problem.Of(StatusCodes.Status404NotFound, ErrorCodes.NotFound, "The event has been erased.");
            }

            if (await context.Spots.CountAsync(row => row.EventId == eventId, token) >= MaxSpots)
            {
                return Problem.Of(
                    StatusCodes.Status409Conflict, ErrorCodes.LimitReached, $"An event has at most {MaxSpots} spots; delete one first.");
            }

            context.Add(spot);
            await context.SaveChangesAsync(token);
            return null;
        }, cancellation);
        if (refused is not null)
        {
            return refused;
        }

        var key = await context.CurrentSpotKeyAsync(eventId, cancellation);
        return TypedResults.Created($"/api/staff/events/{eventId}/spots/{spot.Id}", Details(spot, key, now));
    }

    private static async Task<Ok<IReadOnlyList<SpotDetails>>> List(
        Guid eventId, RepaintDbContext context, TimeProvider time, CancellationToken cancellation)
    {
        var key = await context.CurrentSpotKeyAsync(eventId, cancellation);
        var now = time.GetUtcNow();
        var spots = await context.Spots.AsNoTracking()
            .Where(spot => spot.EventId == eventId)
            .OrderBy(spot => spot.CreatedAt).ThenBy(spot => spot.Id)
            .ToListAsync(cancellation);
        return TypedResults.Ok<IReadOnlyList<SpotDetails>>([.. spots.Select(spot => Details(spot, key, now))]);
    }

    private static async Task<Results<Ok<SpotDetails>, ProblemHttpResult>> Get(
        Guid eventId, Guid spotId, RepaintDbContext context, TimeProvider time, CancellationToken cancellation) =>
        await FindAsync(context, eventId, spotId, cancellation) is { } spot
            ? TypedResults.Ok(Details(spot, await context.CurrentSpotKeyAsync(eventId, cancellation), time.GetUtcNow()))
            : NotFound();

    private static async Task<Results<Ok<SpotDetails>, ProblemHttpResult>> Update(
        Guid eventId, Guid spotId, SpotSettings settings, RepaintDbContext context, TimeProvider time, CancellationToken cancellation)
    {
        var name = settings.Name.Trim();
        await context.Spots.Where(spot => spot.EventId == eventId && spot.Id == spotId)
            .ExecuteUpdateAsync(set => set
                .SetProperty(spot => spot.Name, name)
                .SetProperty(spot => spot.RotationSeconds, settings.RotationSeconds), cancellation);
        return await Get(eventId, spotId, context, time, cancellation);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Delete(
        Guid eventId, Guid spotId, RepaintDbContext context, CancellationToken cancellation) =>
        await context.Spots.Where(spot => spot.EventId == eventId && spot.Id == spotId).ExecuteDeleteAsync(cancellation) > 0
            ? TypedResults.NoContent()
            : NotFound();

    private static async Task<Results<ContentHttpResult, ProblemHttpResult>> GetQr(
        Guid eventId, Guid spotId, HttpContext http, RepaintDbContext context, IOptions<ApiOptions> options, TimeProvider time,
        CancellationToken cancellation)
    {
        if (await FindAsync(context, eventId, spotId, cancellation) is not { } spot)
        {
            return NotFound();
        }

        DoNotStore(http);
        var code = spot.CodeAt(time.GetUtcNow(), await context.CurrentSpotKeyAsync(eventId, cancellation));
        return QrSvg.Result(AppUrl(options.Value, code).ToString());
    }

    private static async Task<Results<Ok<CurrentSpotCode>, ProblemHttpResult>> GetCode(
        Guid eventId, Guid spotId, HttpContext http, RepaintDbContext context, IOptions<ApiOptions> options, TimeProvider time,
        CancellationToken cancellation)
    {
        if (await FindAsync(context, eventId, spotId, cancellation) is not { } spot)
        {
            return NotFound();
        }

        DoNotStore(http);
        var now = time.GetUtcNow();
        var code = spot.CodeAt(now, await context.CurrentSpotKeyAsync(eventId, cancellation));
        var url = AppUrl(options.Value, code);
        return TypedResults.Ok(new CurrentSpotCode(code, url, QrSvg.Draw(url.ToString()), spot.CodeChangesAt(now)));
    }

    private static async Task<Ok<RotatedSpotKey>> RotateKey(
        Guid eventId, SpotKeyRotation rotation, RepaintDbContext context, TimeProvider time, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var oldUntil = now.AddSeconds(rotation.OldCodesLiveSeconds);
        await context.RotateSpotKeyAsync(eventId, oldUntil, now, cancellation);
        return TypedResults.Ok(new RotatedSpotKey(oldUntil));
    }

    /// <summary>The code stands in the address's fragment, which browsers do not send: it reaches no server's log.</summary>
    private static Uri AppUrl(ApiOptions options, string code) => new($"{options.PublicOrigin.TrimEnd('/')}/#pick={code}");

    private static void DoNotStore(HttpContext http) => http.Response.Headers.CacheControl = "no-store";

    private static Task<Spot?> FindAsync(RepaintDbContext context, Guid eventId, Guid spotId, CancellationToken cancellation) =>
        context.Spots.AsNoTracking().FirstOrDefaultAsync(spot => spot.EventId == eventId && spot.Id == spotId, cancellation);

    private static SpotDetails Details(Spot spot, SpotKey key, DateTimeOffset now) =>
        new(spot.Id, spot.Name, spot.CodeAt(now, key), spot.RotationSeconds);

    private static ProblemHttpResult NotFound() =>
        Problem.Of(StatusCodes.Status404NotFound, ErrorCodes.NotFound, "There is no such spot.");
}
