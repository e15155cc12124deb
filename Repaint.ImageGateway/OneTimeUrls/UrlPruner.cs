using Microsoft.EntityFrameworkCore;

namespace Repaint.ImageGateway.OneTimeUrls;

/// <summary>Forgets links some time after they stopped working; until then their holder is told why.</summary>
internal sealed partial class UrlPruner(
    IDbContextFactory<GatewayDbContext> contexts, TimeProvider time, ILogger<UrlPruner> logger) : BackgroundService
{
    private const int BatchSize = 1000;
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Memory = TimeSpan.FromHours(1);

    /// <summary>Removes at most one batch; returns how many.</summary>
    public async Task<int> PruneAsync(CancellationToken cancellation)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellation);
        var before = time.GetUtcNow() - Memory;
        return await context.Database.ExecuteSqlAsync(
            $"""
            DELETE FROM one_time_urls WHERE token_hash IN (
                SELECT token_hash FROM one_time_urls
                WHERE expires_at < {before} AND (lease_until IS NULL OR lease_until < {before})
                ORDER BY expires_at LIMIT {BatchSize} FOR UPDATE SKIP LOCKED)
            """, cancellation);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                while (await PruneAsync(stoppingToken) == BatchSize)
                {
                }
            }
            catch (Exception exception) when (ServerTroubleHandler.IsServerTrouble(exception))
            {
                Log.Postponed(logger, exception);
            }

            await Task.Delay(Interval, time, stoppingToken);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Old links could not be removed; trying again later.")]
        public static partial void Postponed(ILogger logger, Exception exception);
    }
}
