using Microsoft.EntityFrameworkCore;
using Repaint.Api.Gateway;
using Repaint.Api.Persistence;
using Repaint.Contracts;
using Repaint.Contracts.Http;

namespace Repaint.Api.Rendering;

/// <summary>Tells the gateway what visitors should see. Sending twice or out of order is harmless: the higher number wins there.</summary>
internal sealed partial class RenderRequestRelay(
    IDbContextFactory<RepaintDbContext> contexts,
    IServiceScopeFactory scopes,
    TimeProvider time,
    ILogger<RenderRequestRelay> logger) : GatewayRelay(time, logger)
{
    private const int BatchSize = 500;
    private readonly TimeProvider _time = time;

    protected override async Task<bool> SendAsync(CancellationToken cancellation)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellation);
        var claimed = await ClaimAsync(context, cancellation);
        if (claimed.Count == 0)
        {
            return false;
        }

        using var activity = ApiTelemetry.StartStored("request renderings", claimed.Select(row => row.TraceParent));
        if (claimed is [var only])
        {
            activity?
                .SetTag(TelemetryAttributes.ImageId, only.ImageId)
                .SetTag(TelemetryAttributes.VisitorId, only.VisitorId)
                .SetTag(TelemetryAttributes.PaletteSet, only.ToRequest().PaletteSet.ToString());
        }

        try
        {
            await using var scope = scopes.CreateAsyncScope();
            await SendAsync(scope.ServiceProvider.GetRequiredService<GatewayClient>(), claimed, cancellation);
        }
        catch
        {
            await ReleaseAsync(context, claimed, sent: false, CancellationToken.None);
            throw;
        }

        await ReleaseAsync(context, claimed, sent: true, cancellation);
        return true;
    }

    private async Task SendAsync(GatewayClient gateway, IReadOnlyList<ClaimedRequest> claimed, CancellationToken cancellation)
    {
        try
        {
            await gateway.RenderAsync([.. claimed.Select(row => row.ToRequest())], cancellation);
        }
        catch (GatewayException exception) when (exception.IsRefusal && claimed.Count > 1)
        {
            // One that the gateway will never take must not hold up the rest.
            foreach (var row in claimed)
            {
                await SendAsync(gateway, [row], cancellation);
            }
        }
        catch (GatewayException exception) when (exception.IsRefusal)
        {
            Log.Refused(logger, claimed[0].ImageId, claimed[0].VisitorId, exception);
        }
    }

    private Task<List<ClaimedRequest>> ClaimAsync(RepaintDbContext context, CancellationToken cancellation)
    {
        var now = _time.GetUtcNow();
        var until = now + Lease;
        return context.Database.SqlQuery<ClaimedRequest>($"""
            UPDATE requested_renderings r SET leased_until = {until}
            FROM (
                SELECT visitor_id, image_id FROM requested_renderings
                WHERE pending AND (leased_until IS NULL OR leased_until < {now})
                ORDER BY requested_at LIMIT {BatchSize} FOR UPDATE SKIP LOCKED) due
            WHERE r.visitor_id = due.visitor_id AND r.image_id = due.image_id
            RETURNING r.visitor_id, r.image_id, r.request_no, r.palettes, r.trace_parent
            """).ToListAsync(cancellation);
    }

    /// <summary>
    /// A request that was replaced meanwhile is left alone: the newer one has yet to be sent. One that the visitor has turned
    /// away from stays so.
    /// </summary>
    private static Task<int> ReleaseAsync(
        RepaintDbContext context, IReadOnlyList<ClaimedRequest> claimed, bool sent, CancellationToken cancellation)
    {
        var visitors = claimed.Select(row => row.VisitorId).ToArray();
        var images = claimed.Select(row => row.ImageId).ToArray();
        var numbers = claimed.Select(row => row.RequestNo).ToArray();
        return context.Database.ExecuteSqlAsync($"""
            UPDATE requested_renderings r SET pending = r.pending AND NOT {sent}, leased_until = NULL
            FROM unnest({visitors}, {images}, {numbers}) AS claimed (visitor_id, image_id, request_no)
            WHERE r.visitor_id = claimed.visitor_id AND r.image_id = claimed.image_id AND r.request_no = claimed.request_no
            """, cancellation);
    }

    private sealed record ClaimedRequest(Guid VisitorId, Guid ImageId, long RequestNo, int Palettes, string? TraceParent)
    {
        public RenderRequest ToRequest() => new(ImageId, VisitorId, RequestNo, new PaletteSet((ushort)Palettes), TraceParent);
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "The gateway refuses to paint image {ImageId} for visitor {VisitorId}")]
        public static partial void Refused(ILogger logger, Guid imageId, Guid visitorId, Exception exception);
    }
}
