using Microsoft.EntityFrameworkCore;
using Repaint.Api.Gateway;
using Repaint.Api.Persistence;
using Repaint.Contracts.Http;

namespace Repaint.Api.Erasure;

/// <summary>Has the gateway erase what was erased here, however often it takes.</summary>
internal sealed class ErasureRelay(
    IDbContextFactory<RepaintDbContext> contexts,
    IServiceScopeFactory scopes,
    TimeProvider time,
    ILogger<ErasureRelay> logger) : GatewayRelay(time, logger)
{
    private const int BatchSize = 20;
    private static readonly TimeSpan TombstoneAge = TimeSpan.FromDays(30);
    private readonly TimeProvider _time = time;

    protected override async Task<bool> SendAsync(CancellationToken cancellation)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellation);
        var claimed = await ClaimAsync(context, cancellation);
        if (claimed.Count == 0)
        {
            return false;
        }

        await using var scope = scopes.CreateAsyncScope();
        var gateway = scope.ServiceProvider.GetRequiredService<GatewayClient>();
        foreach (var erasure in claimed)
        {
            using var activity = ApiTelemetry.StartStored("erase", [erasure.TraceParent]);
            await gateway.DeleteAsync(Path(erasure.Kind), erasure.TargetId, cancellation);
            await context.Erasures
                .Where(row => row.TargetId == erasure.TargetId && row.Kind == erasure.Kind)
                .ExecuteUpdateAsync(set => set.SetProperty(row => row.Pending, false), cancellation);
        }

        await PruneAsync(context, cancellation);
        return true;
    }

    private static string Path(ErasureKind kind) => kind switch
    {
        ErasureKind.Visitor => GatewayRoutes.Visitors,
        ErasureKind.Event => GatewayRoutes.Events,
        _ => GatewayRoutes.Images,
    };

    private async Task<List<ErasureRequest>> ClaimAsync(RepaintDbContext context, CancellationToken cancellation)
    {
        var now = _time.GetUtcNow();
        var until = now + Lease;
        return await context.Erasures.FromSql($"""
            UPDATE erasures e SET leased_until = {until}
            FROM (
                SELECT target_id, kind FROM erasures
                WHERE pending AND (leased_until IS NULL OR leased_until < {now})
                ORDER BY requested_at LIMIT {BatchSize} FOR UPDATE SKIP LOCKED) due
            WHERE e.target_id = due.target_id AND e.kind = due.kind
            RETURNING e.*
            """).AsNoTracking().ToListAsync(cancellation);
    }

    private Task<int> PruneAsync(RepaintDbContext context, CancellationToken cancellation)
    {
        var old = _time.GetUtcNow() - TombstoneAge;
        return context.Erasures.Where(row => !row.Pending && row.RequestedAt < old).ExecuteDeleteAsync(cancellation);
    }
}
