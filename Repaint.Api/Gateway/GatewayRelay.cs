using System.Threading.Channels;

namespace Repaint.Api.Gateway;

/// <summary>
/// Sends what transactions left for the gateway. Woken right after a commit; looks by itself as well, because the
/// process may die between a commit and its wake-up, and other instances leave work too.
/// </summary>
internal abstract partial class GatewayRelay(TimeProvider time, ILogger logger) : BackgroundService
{
    /// <summary>How long one instance has to send what it claimed before another may.</summary>
    protected static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private readonly Channel<bool> _wakeUps = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Call after a commit that left work.</summary>
    public void Wake() => _wakeUps.Writer.TryWrite(true);

    /// <summary>Sends one batch; false when there was nothing to send.</summary>
    protected abstract Task<bool> SendAsync(CancellationToken cancellation);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                while (await SendAsync(stoppingToken))
                {
                }
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                // Whatever it was, the rows are still there; and a relay that ends would take the whole API with it.
                Log.NotSent(logger, exception);
            }

            await WaitAsync(stoppingToken);
        }
    }

    private async Task WaitAsync(CancellationToken stopping)
    {
        using var timer = new CancellationTokenSource(Interval, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, timer.Token);
        try
        {
            await _wakeUps.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException)
        {
            // Time to look, or to stop.
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Could not pass work on to the image gateway; trying again")]
        public static partial void NotSent(ILogger logger, Exception exception);
    }
}
