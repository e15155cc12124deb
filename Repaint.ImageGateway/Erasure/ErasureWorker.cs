using Azure;
using Azure.Storage.Blobs;
using Microsoft.EntityFrameworkCore;

namespace Repaint.ImageGateway.Erasure;

/// <summary>
/// Carries out erasures that are due, and repeats each of them until it is forgotten: what an upload or a worker wrote after
/// the first run is gone after a later one.
/// </summary>
internal sealed partial class ErasureWorker(
    IDbContextFactory<GatewayDbContext> contexts,
    BlobContainerClient container,
    ErasureSignal signal,
    GatewayMetrics metrics,
    TimeProvider time,
    ILogger<ErasureWorker> logger) : BackgroundService
{
    private const int BatchSize = 50;
    private const int ParallelDeletes = 8;
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(10);

    // One that dies with its worker is taken up by another after this.
    private static readonly TimeSpan Claim = TimeSpan.FromMinutes(2);

    // After each run the next is further away; the last one is at the end of the erasure's memory.
    private static readonly TimeSpan[] Pauses = [TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(10), TimeSpan.FromHours(1)];

    /// <summary>Carries out what is due now; returns how many erasures that was.</summary>
    public async Task<int> RunDueAsync(CancellationToken cancellation)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellation);
        var now = time.GetUtcNow();
        var due = await context.Erasures.FromSql(
            $"""
            UPDATE erasures SET next_run_at = {now + Claim}, runs = runs + 1
            WHERE (subject_id, kind, revision) IN (
                SELECT subject_id, kind, revision FROM erasures WHERE next_run_at <= {now}
                ORDER BY next_run_at LIMIT {BatchSize} FOR UPDATE SKIP LOCKED)
            RETURNING *
            """).AsNoTracking().ToListAsync(cancellation);
        foreach (var erasure in due)
        {
            await RunAsync(context, erasure, now, cancellation);
        }

        return due.Count;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                while (await RunDueAsync(stoppingToken) == BatchSize)
                {
                }
            }
            catch (Exception exception) when (exception is RequestFailedException || ServerTroubleHandler.IsServerTrouble(exception))
            {
                Log.Postponed(logger, exception);
            }

            await signal.WaitAsync(Poll, time, stoppingToken);
        }
    }

    private async Task RunAsync(GatewayDbContext context, PendingErasure erasure, DateTimeOffset now, CancellationToken cancellation)
    {
        using var activity = GatewayTelemetry.Source.StartActivity("erase");
        var isErased = await context.InTransactionAsync(async token =>
        {
            if (erasure.Kind == ErasureKind.Revision)
            {
                return await context.DeleteReservationAsync(erasure.SubjectId, erasure.Revision, token);
            }

            await context.EraseRowsAsync(erasure.Kind, erasure.SubjectId, now, erasure.Until, token);
            return true;
        }, cancellation);
        var blobs = isErased && erasure.Prefix is { } prefix ? await DeleteBlobsAsync(prefix, cancellation) : 0;

        var row = context.Erasures.Where(other =>
            other.SubjectId == erasure.SubjectId && other.Kind == erasure.Kind && other.Revision == erasure.Revision);
        if (!isErased || now >= erasure.Until)
        {
            await row.ExecuteDeleteAsync(cancellation);
        }
        else
        {
            var next = erasure.Runs <= Pauses.Length ? Min(now + Pauses[erasure.Runs - 1], erasure.Until) : erasure.Until;
            await row.ExecuteUpdateAsync(set => set.SetProperty(other => other.NextRunAt, next), cancellation);
        }

        Log.Erased(logger, erasure.Kind, erasure.SubjectId, erasure.Revision, blobs);
    }

    private async Task<int> DeleteBlobsAsync(string prefix, CancellationToken cancellation)
    {
        var deleted = 0;
        await Parallel.ForEachAsync(
            container.GetBlobsAsync(new Azure.Storage.Blobs.Models.GetBlobsOptions { Prefix = prefix }, cancellation),
            new ParallelOptions { MaxDegreeOfParallelism = ParallelDeletes, CancellationToken = cancellation },
            async (blob, token) =>
            {
                if (await container.DeleteBlobIfExistsAsync(blob.Name, cancellationToken: token))
                {
                    Interlocked.Increment(ref deleted);
                }
            });
        metrics.BlobsErased(deleted);
        return deleted;
    }

    private static DateTimeOffset Min(DateTimeOffset left, DateTimeOffset right) => left < right ? left : right;

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Erased {Kind} {SubjectId} (revision {Revision}): {Blobs} blobs.")]
        public static partial void Erased(ILogger logger, ErasureKind kind, Guid subjectId, int revision, int blobs);

        [LoggerMessage(LogLevel.Warning, "Erasures wait, because database or storage does not answer.")]
        public static partial void Postponed(ILogger logger, Exception exception);
    }
}
