using Npgsql;
using Repaint.Contracts;

namespace Repaint.Api.Notifications;

/// <summary>
/// Hears from PostgreSQL what changed, whichever instance changed them. While the connection is down
/// notifications are lost: after it is back every stream looks for itself.
/// </summary>
internal sealed partial class DatabaseListener(
    [FromKeyedServices(ResourceNames.RepaintDatabase)] NpgsqlDataSource database,
    IEnumerable<StreamHub> hubs,
    TimeProvider time,
    ILogger<DatabaseListener> logger) : BackgroundService
{
    private readonly List<StreamHub> _hubs = [.. hubs];

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
        connection.Notification += (_, notification) => Wake(notification.Channel, notification.Payload);
        await using (var listen = new NpgsqlCommand(string.Concat(_hubs.Select(hub => $"LISTEN {hub.DatabaseChannel};")), connection))
        {
            await listen.ExecuteNonQueryAsync(cancellation);
        }

        listening();
        _hubs.ForEach(hub => hub.WakeAll());
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

    private void Wake(string channel, string payload)
    {
        var hub = _hubs.Find(hub => hub.DatabaseChannel == channel);
        foreach (var range in payload.AsSpan().Split(','))
        {
            if (Guid.TryParse(payload.AsSpan(range), out var id))
            {
                hub?.Wake(id);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Lost the connection that listens for updates; connecting again")]
        public static partial void ConnectionLost(ILogger logger, Exception exception);
    }
}
