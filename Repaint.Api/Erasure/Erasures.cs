using Microsoft.EntityFrameworkCore;
using Repaint.Api.Events;
using Repaint.Api.Persistence;

namespace Repaint.Api.Erasure;

internal static class Erasures
{
    private static readonly TimeSpan EventTimeout = TimeSpan.FromMinutes(10);

    /// <summary>Leaves an erasure for the gateway, in the transaction of the caller. Asking again makes it run again.</summary>
    public static Task EraseAtGatewayAsync(
        this RepaintDbContext context, ErasureKind kind, Guid targetId, DateTimeOffset now, CancellationToken cancellation)
    {
        var name = kind.ToString();
        var trace = ApiTelemetry.CurrentTraceParent;
        return context.Database.ExecuteSqlAsync($"""
            INSERT INTO erasures (target_id, kind, trace_parent, requested_at, pending) VALUES ({targetId}, {name}, {trace}, {now}, true)
            ON CONFLICT (target_id, kind) DO UPDATE SET pending = true, leased_until = NULL, requested_at = EXCLUDED.requested_at
            """, cancellation);
    }

    /// <summary>
    /// Erases a visitor, what hangs on it, and its palettes from the event's counts, which say how many visitors
    /// hold each palette. False when it was erased before.
    /// </summary>
    public static Task<bool> EraseVisitorAsync(
        this RepaintDbContext context, Guid visitorId, DateTimeOffset now, CancellationToken cancellation) =>
        context.InTransactionAsync(async token =>
        {
            var erased = await context.Database.ExecuteSqlAsync($"""
                WITH erased AS (DELETE FROM visitors WHERE id = {visitorId} RETURNING event_id, palettes)
                UPDATE event_palettes p SET counts = (
                    SELECT array_agg(p.counts[i] - ((erased.palettes >> (i - 1)) & 1) ORDER BY i) FROM generate_subscripts(p.counts, 1) i)
                FROM erased WHERE p.event_id = erased.event_id
                """, token);
            await context.EraseAtGatewayAsync(ErasureKind.Visitor, visitorId, now, token);
            return erased > 0;
        }, cancellation);

    /// <summary>
    /// Erases the event that <paramref name="which"/> names, and all that hangs on it. False when there is none. A large
    /// event takes longer than a request may: its rows go in one transaction, or not at all.
    /// </summary>
    public static Task<bool> EraseEventAsync(
        this RepaintDbContext context, IQueryable<Event> which, Guid eventId, DateTimeOffset now, CancellationToken cancellation)
    {
        context.Database.SetCommandTimeout(EventTimeout);
        return context.InTransactionAsync(async token =>
        {
            if (await which.ExecuteDeleteAsync(token) == 0)
            {
                return false;
            }

            await context.EraseAtGatewayAsync(ErasureKind.Event, eventId, now, token);
            return true;
        }, cancellation);
    }
}
