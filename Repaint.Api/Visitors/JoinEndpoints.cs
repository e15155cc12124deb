using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Repaint.Api.Authentication;
using Repaint.Api.Events;
using Repaint.Api.OpenApi;
using Repaint.Api.Persistence;
using Repaint.Contracts.Http;
using Repaint.ServiceDefaults.Problems;

namespace Repaint.Api.Visitors;

/// <summary>Becoming a visitor, and becoming the same visitor again.</summary>
internal static class JoinEndpoints
{
    public static void MapJoin(this IEndpointRouteBuilder api)
    {
        api.MapGet("/events/{eventId:guid}", GetEvent).AllowAnonymous().WithTags("Visitors")
            .RequireRateLimiting(RateLimits.Look)
            .WithName("GetEventSummary").WithSummary("What to know of an event before joining it: whom to ask, and until when it is kept")
            .FailsNotFound().Fails(StatusCodes.Status429TooManyRequests, ErrorCodes.RateLimited);
        api.MapPost("/events/{eventId:guid}/visitors", Join).AllowAnonymous().WithTags("Visitors")
            .RequireRateLimiting(RateLimits.Join)
            .WithName("JoinEvent").WithSummary("Join an event; the token and the recovery code are shown this once")
            .FailsNotFound().Fails(StatusCodes.Status429TooManyRequests, ErrorCodes.RateLimited);
        api.MapPost("/visitors/recover", Recover).AllowAnonymous().WithTags("Visitors")
            .RequireRateLimiting(RateLimits.Recover)
            .WithName("RecoverVisitor").WithSummary("Get a new token for a recovery code; the old token stops working")
            .FailsNotFound().Fails(StatusCodes.Status429TooManyRequests, ErrorCodes.RateLimited);
    }

    private static async Task<Results<Created<JoinedVisitor>, ProblemHttpResult>> Join(
        Guid eventId, RepaintDbContext context, TimeProvider time, CancellationToken cancellation)
    {
        var token = OpaqueToken.Create();
        var recoveryCode = RecoveryCode.Create();
        var now = time.GetUtcNow();
        var visitorId = Guid.CreateVersion7(now);
        var joined = await context.InTransactionAsync(async inner =>
        {
            // Waits for an image of the event that is just being made known, and holds up the next: see ImageRegistry.
            var events = await context.Database.SqlQuery<Guid>($"SELECT id FROM events WHERE id = {eventId} FOR KEY SHARE").ToListAsync(inner);
            if (events.Count == 0)
            {
                return null;
            }

            context.Add(new Visitor
            {
                Id = visitorId,
                EventId = eventId,
                TokenHash = OpaqueToken.Hash(token)!,
                RecoveryHash = RecoveryCode.Hash(recoveryCode),
                PhotoImageId = Guid.CreateVersion7(now),
                Version = 0,
                CreatedAt = now,
                UpdatedAt = now,
            });
            await context.SaveChangesAsync(inner);
            await context.ChangeVisitorsAsync(
                """
                selected_image_id = (
                    SELECT i.id FROM images i WHERE i.event_id = v.event_id AND i.visitor_id IS NULL ORDER BY i.created_at, i.id LIMIT 1),
                """,
                "v.id = @visitor", now, inner, new NpgsqlParameter("visitor", visitorId));
            return await FindAsync(context, eventId, inner);
        }, cancellation);
        return joined is null
            ? NoSuchEvent()
            : TypedResults.Created("/api/visitors/me", new JoinedVisitor(visitorId, token, recoveryCode, joined.Summary()));
    }

    private static async Task<Results<Ok<JoinedVisitor>, ProblemHttpResult>> Recover(
        RecoverRequest request, RepaintDbContext context, CancellationToken cancellation)
    {
        if (RecoveryCode.Normalise(request.RecoveryCode) is not { } code)
        {
            return Unknown();
        }

        var token = OpaqueToken.Create();
        var tokenHash = OpaqueToken.Hash(token)!;
        var recoveryHash = RecoveryCode.Hash(code);
        var recovered = await context.Visitors
            .Where(visitor => visitor.RecoveryHash == recoveryHash)
            .ExecuteUpdateAsync(set => set.SetProperty(visitor => visitor.TokenHash, tokenHash), cancellation);
        if (recovered == 0)
        {
            return Unknown();
        }

        var found = await context.Visitors.AsNoTracking()
            .FirstOrDefaultAsync(visitor => visitor.TokenHash == tokenHash, cancellation);
        return found is null
            ? Unknown()
            : TypedResults.Ok(new JoinedVisitor(found.Id, token, code, (await FindAsync(context, found.EventId, cancellation)).Summary()));

        static ProblemHttpResult Unknown() =>
            Problem.Of(StatusCodes.Status404NotFound, ErrorCodes.NotFound, "This recovery code is not known.");
    }

    private static async Task<Results<Ok<EventSummary>, ProblemHttpResult>> GetEvent(
        Guid eventId, RepaintDbContext context, CancellationToken cancellation) =>
        await context.Events.AsNoTracking().SingleOrDefaultAsync(row => row.Id == eventId, cancellation) is { } found
            ? TypedResults.Ok(found.Summary())
            : NoSuchEvent();

    private static Task<Event> FindAsync(RepaintDbContext context, Guid eventId, CancellationToken cancellation) =>
        context.Events.AsNoTracking().SingleAsync(row => row.Id == eventId, cancellation);

    private static ProblemHttpResult NoSuchEvent() =>
        Problem.Of(StatusCodes.Status404NotFound, ErrorCodes.NotFound, "There is no such event.");
}
