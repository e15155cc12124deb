using System.Data.Common;
using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using Repaint.Messaging.Connections;

namespace Repaint.Messaging.Outbox;

/// <summary>
/// Sends what is in the outbox: woken by the table's trigger, and by the clock in case a notification went missing.
/// Any number of instances may run.
/// </summary>
internal sealed partial class OutboxRelay<TContext>(
    IDbContextFactory<TContext> contexts,
    OutboxBatch<TContext> batch,
    IOptions<MessagingOptions> options,
    TimeProvider time,
    ILogger<OutboxRelay<TContext>> logger) : BackgroundService
    where TContext : DbContext
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Nothing here belongs to whatever trace the host was started in.
        Activity.Current = null;
        for (var failures = 0; !stoppingToken.IsCancellationRequested; failures++)
        {
            try
            {
                await using var context = await contexts.CreateDbContextAsync(stoppingToken);
                await ListenAsync(context, () => failures = 0, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception) when (exception is DbException or InvalidOperationException or IOException or TimeoutException or MessagingException)
            {
                var wait = BackOff.After(failures, options.Value.RetryDelay, options.Value.LongestRetryDelay);
                Log.Failed(logger, wait, exception);
                await Task.Delay(wait, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task ListenAsync(TContext context, Action succeeded, CancellationToken cancellation)
    {
        await context.Database.OpenConnectionAsync(cancellation);
        var connection = (NpgsqlConnection)context.Database.GetDbConnection();
        await using (var listen = new NpgsqlCommand($"LISTEN {OutboxExtensions.NotificationChannel}", connection))
        {
            await listen.ExecuteNonQueryAsync(cancellation);
        }

        while (true)
        {
            while (await batch.SendAsync(cancellation) > 0)
            {
                succeeded();
            }

            succeeded();
            await connection.WaitAsync(options.Value.OutboxPollInterval, cancellation);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The outbox is not being sent; again in {Wait}")]
        public static partial void Failed(ILogger logger, TimeSpan wait, Exception exception);
    }
}
