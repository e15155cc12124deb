using System.Net.Sockets;
using Azure;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Repaint.Migrations;

/// <summary>One thing to prepare; doing it again changes nothing.</summary>
internal sealed record MigrationStep(string Name, Func<CancellationToken, Task> RunAsync);

/// <summary>Runs every step, waiting for servers that are still starting.</summary>
internal sealed partial class MigrationRun(IEnumerable<MigrationStep> steps, TimeProvider time, ILogger<MigrationRun> logger)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    public async Task RunAsync(CancellationToken cancellation = default)
    {
        var deadline = time.GetUtcNow() + Patience;
        foreach (var step in steps)
        {
            while (!await TryAsync(step, deadline, cancellation))
            {
                await Task.Delay(Pause, time, cancellation);
            }

            Log.Done(logger, step.Name);
        }
    }

    private async Task<bool> TryAsync(MigrationStep step, DateTimeOffset deadline, CancellationToken cancellation)
    {
        try
        {
            await step.RunAsync(cancellation);
            return true;
        }
        catch (Exception exception) when (IsServerStarting(exception) && time.GetUtcNow() < deadline)
        {
            Log.Waiting(logger, step.Name, exception.Message);
            return false;
        }
    }

    // EF wraps what its retries gave up on; the storage client wraps what its own did.
    private static bool IsServerStarting(Exception exception) => exception switch
    {
        PostgresException postgres => postgres.IsTransient,
        NpgsqlException or SocketException => true,
        RequestFailedException storage => storage.Status is 0 or >= 500,
        AggregateException several => several.InnerExceptions.Any(IsServerStarting),
        _ => exception.InnerException is { } inner && IsServerStarting(inner),
    };

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Prepared: {Step}.")]
        public static partial void Done(ILogger logger, string step);

        [LoggerMessage(LogLevel.Warning, "Waiting to prepare {Step}: {Problem}")]
        public static partial void Waiting(ILogger logger, string step, string problem);
    }
}
