using Microsoft.EntityFrameworkCore;
using Npgsql;
using Repaint.Api.Authentication;
using Repaint.Api.Persistence;
using Repaint.Api.Spots;
using Repaint.Api.Visitors;
using Repaint.Contracts.Http;

namespace Repaint.Api.Picks;

internal enum PickOutcomeKind
{
    Won,
    Repeated,
    Cooldown,
    Complete,
    UnknownCode,
}

internal sealed record PickOutcome(PickOutcomeKind Kind, Pick? Pick = null, TimeSpan Wait = default);

/// <summary>Decides a pick. The visitor's row is locked, so that picks of one visitor come one after the other.</summary>
internal sealed class PickRule(RepaintDbContext context, TimeProvider time)
{
    /// <summary>
    /// Grants the palette the visitor lacks of which the event has granted fewest (of several: the lowest), if the spot
    /// may give again, and asks for the painting with it: one statement. A concurrent grant in the event makes it wait
    /// on the row of counts and then choose anew from the counts as they are. So counts stay within one of each other while
    /// everyone may win everything; who lacks only what others have most of gets that.
    /// </summary>
    private const string Grant = $"""
        WITH granted AS (
            UPDATE event_palettes p SET frozen = true, (counts, last_granted) = (
                SELECT p.counts[:i - 1] || (p.counts[i] + 1) || p.counts[i + 1:], i - 1
                FROM generate_subscripts(p.counts, 1) i
                WHERE (v.palettes >> (i - 1)) & 1 = 0
                ORDER BY p.counts[i], i LIMIT 1)
            FROM visitors v
            WHERE v.id = @visitor AND p.event_id = v.event_id
                AND bit_count(v.palettes::bit(32)) < cardinality(p.counts)
                AND (v.last_pick_spot_id IS DISTINCT FROM @spot OR v.last_pick_at <= @ready)
            RETURNING p.last_granted AS palette_id, cardinality(p.counts) AS total),
        changed AS (
            UPDATE visitors v SET palettes = v.palettes | (1 << granted.palette_id), version = v.version + 1, updated_at = @now,
                last_pick_spot_id = @spot, last_pick_at = @now
            FROM granted WHERE v.id = @visitor
            RETURNING v.id, v.selected_image_id, v.version, v.palettes),
        requested AS ({VisitorChanges.RequestRenderings})
        INSERT INTO picks (visitor_id, pick_id, spot_id, palette_id, held, total, at, cooldown_ends_at, image_id)
        SELECT changed.id, @pick, @spot, granted.palette_id, bit_count(changed.palettes::bit(32)), granted.total, @now, @cooldownEnds,
            changed.selected_image_id
        FROM granted, changed
        RETURNING *
        """;

    public Task<PickOutcome> PickAsync(VisitorIdentity caller, PickRequest request, CancellationToken cancellation) =>
        context.InTransactionAsync(token => DecideAsync(caller, request, token), cancellation);

    private async Task<PickOutcome> DecideAsync(VisitorIdentity caller, PickRequest request, CancellationToken cancellation)
    {
        var visitor = (await context.Visitors
            .FromSql($"SELECT * FROM visitors WHERE id = {caller.VisitorId} FOR NO KEY UPDATE")
            .AsNoTracking().ToListAsync(cancellation)).SingleOrDefault();
        if (visitor is null)
        {
            return new PickOutcome(PickOutcomeKind.UnknownCode);
        }

        var repeated = await context.Picks.AsNoTracking()
            .FirstOrDefaultAsync(pick => pick.VisitorId == visitor.Id && pick.PickId == request.PickId, cancellation);
        if (repeated is not null)
        {
            return new PickOutcome(PickOutcomeKind.Repeated, repeated);
        }

        return await FindSpotAsync(visitor, request.Code, cancellation) is { } spot
            ? await GrantAsync(visitor, spot, request.PickId, cancellation)
            : new PickOutcome(PickOutcomeKind.UnknownCode);
    }

    private async Task<FoundSpot?> FindSpotAsync(Visitor visitor, string text, CancellationToken cancellation)
    {
        if (!SpotCode.TryParse(text, out var code))
        {
            return null;
        }

        var now = time.GetUtcNow();
        var found = await (
            from spot in context.Spots.AsNoTracking()
            join row in context.Events on spot.EventId equals row.Id
            join key in context.SpotKeys on spot.EventId equals key.EventId
            where spot.Id == code.SpotId && spot.EventId == visitor.EventId
                && key.KeyNo == code.KeyNo && (key.RetiresAt == null || key.RetiresAt > now)
            select new FoundSpot(spot, row.CooldownSeconds, row.PaletteCount, key)).FirstOrDefaultAsync(cancellation);
        return found is not null && SpotCode.Verify(text, found.Key) && found.Spot.Takes(code.Step, now) ? found : null;
    }

    private async Task<PickOutcome> GrantAsync(Visitor visitor, FoundSpot spot, Guid pickId, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var cooldown = TimeSpan.FromSeconds(spot.CooldownSeconds);
        var parameters = VisitorChanges.RequestParameters(now).Concat(
        [
            new NpgsqlParameter("visitor", visitor.Id),
            new NpgsqlParameter("spot", spot.Spot.Id),
            new NpgsqlParameter("pick", pickId),
            new NpgsqlParameter("ready", now - cooldown),
            new NpgsqlParameter("cooldownEnds", now + cooldown),
        ]);
        var won = await context.Picks.FromSqlRaw(Grant, [.. parameters]).AsNoTracking().ToListAsync(cancellation);
        if (won.Count > 0)
        {
            return new PickOutcome(PickOutcomeKind.Won, won[0]);
        }

        return visitor.PaletteSet.IsComplete(spot.PaletteCount)
            ? new PickOutcome(PickOutcomeKind.Complete)
            : new PickOutcome(PickOutcomeKind.Cooldown, Wait: (visitor.LastPickAt ?? now) + cooldown - now);
    }

    private sealed record FoundSpot(Spot Spot, int CooldownSeconds, int PaletteCount, SpotKey Key);
}
