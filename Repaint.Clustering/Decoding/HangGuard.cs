using Microsoft.Extensions.Options;

namespace Repaint.Clustering.Decoding;

/// <summary>
/// Runs a photograph's work on a thread of its own and ends the process when it does not come to an end: native code that
/// hangs cannot be stopped in any other way. The process is started again, the message comes again, alone, and after its
/// tries it is a dead letter with that reason.
/// </summary>
internal sealed partial class HangGuard(IOptions<ClusteringOptions> options, TimeProvider time, ILogger<HangGuard> logger)
{
    /// <summary>What ends the process; a test puts something milder here.</summary>
    public Action<string> End { get; init; } = Environment.FailFast;

    /// <summary>Runs it; the pool's threads have locks to renew.</summary>
    public async Task<T> RunAsync<T>(Func<T> work, CancellationToken cancellation)
    {
        var limit = TimeSpan.FromSeconds(options.Value.LongestPhotoSeconds);
        var running = Task.Factory.StartNew(work, cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            return await running.WaitAsync(limit, time, CancellationToken.None);
        }
        catch (TimeoutException) when (!running.IsCompleted)
        {
            Log.Hangs(logger, limit);
            End("A photograph's work hangs.");
            throw;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Critical, "A photograph has not been taken apart within {Limit}; the process ends and the message comes again")]
        public static partial void Hangs(ILogger logger, TimeSpan limit);
    }
}
