using Npgsql;
using Repaint.Contracts;

namespace Repaint.Api.Updates;

/// <summary>
/// Hears from PostgreSQL which visitors changed, whichever instance changed them. While the connection is down
/// notifications are lost: after it is back every stream looks for itself.
/// </summary>
internal sealed partial class UpdateListener(
    [FromKeyedServices(ResourceNames.RepaintDatabase)] NpgsqlDataSource database,
    UpdateHub hub,
    TimeProvider time,
    ILogger<UpdateListener> logger) : BackgroundService
{
    /// <summary>The channel to which the trigger on visitors notifies ids, separated by commas.</summary>
    public const string Channel = "visitor_updates";

    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan MaxBackOff = TimeSpan.FromSeconds(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        for (var failures = 0; !stoppingToken.IsCancellationRequested; failures++)
        {
            try
            {
                await ListenAsync(() => failures = 0, stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                Log.ConnectionLost(logger, exception);
                var backOff = TimeSpan.FromMilliseconds(100 * Math.Pow(2, Math.Min(failures, 10)));
                await Task.Delay(backOff < MaxBackOff ? backOff : MaxBackOff, time, stoppingToken)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task ListenAsync(Action listening, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        connection.Notification += (_, notification) => WakeNotified(notification.Payload);
        await using (var listen = new NpgsqlCommand($"LISTEN {Channel}", connection))
        {
            await listen.ExecuteNonQueryAsync(cancellation);
        }

        listening();
        hub.WakeAll();
        while (true)
        {
            if (!await connection.WaitAsync(Quiet, cancellation))
            {
                // A connection that a router forgot would stay quiet for ever.
                await using var probe = new NpgsqlCommand("SELECT 1", connection);
                await probe.ExecuteScalarAsync(cancellation);
            }
        }
    }

    private void WakeNotified(string payload)
    {
        foreach (var range in payload.AsSpan().Split(','))
        {
            if (Guid.TryParse(payload.AsSpan(range), out var visitorId))
            {
                hub.Wake(visitorId);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Lost the connection that listens for updates; connecting again")]
        public static partial void ConnectionLost(ILogger logger, Exception exception);
    }
}
