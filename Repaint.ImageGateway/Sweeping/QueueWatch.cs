using Microsoft.EntityFrameworkCore;
using Repaint.Contracts;

namespace Repaint.ImageGateway.Sweeping;

/// <summary>Unfinished work of one queue.</summary>
internal sealed record QueueBacklog(string Queue, long Length, TimeSpan Age);

/// <summary>
/// Looks now and then how much work is unfinished and how old it is. The database knows better than the bus: work whose
/// message got lost is unfinished, too.
/// </summary>
internal sealed partial class QueueWatch(
    IDbContextFactory<GatewayDbContext> contexts, GatewayMetrics metrics, TimeProvider time, ILogger<QueueWatch> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    public async Task LookAsync(CancellationToken cancellation)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellation);
        var now = time.GetUtcNow();
        var rows = await context.Database.SqlQuery<Row>(
            $"""
            SELECT {QueueNames.Clustering} AS queue, count(*) AS length, min(coalesce(queued_at, received_at)) AS oldest
            FROM image_revisions WHERE state IN ('Stored', 'Queued', 'Clustering')
            UNION ALL
            SELECT {QueueNames.Generation}, count(*), min(queued_at) FROM renderings WHERE state IN ('Queued', 'Generating')
            """).ToListAsync(cancellation);
        metrics.Waiting([.. rows.Select(row => new QueueBacklog(row.Queue, row.Length, now - (row.Oldest ?? now)))]);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await LookAsync(stoppingToken);
            }
            catch (Exception exception) when (ServerTroubleHandler.IsServerTrouble(exception))
            {
                Log.Postponed(logger, exception);
            }

            await Task.Delay(Interval, time, stoppingToken);
        }
    }

    private sealed record Row(string Queue, long Length, DateTimeOffset? Oldest);

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "The age of the queues is unknown, because the database does not answer.")]
        public static partial void Postponed(ILogger logger, Exception exception);
    }
}
