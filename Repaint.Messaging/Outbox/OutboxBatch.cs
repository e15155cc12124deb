using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Repaint.Messaging.Sending;

namespace Repaint.Messaging.Outbox;

/// <summary>Sends one batch: locks rows, sends them, deletes what was sent, commits.</summary>
internal sealed partial class OutboxBatch<TContext>(
    IDbContextFactory<TContext> contexts, MessageSender sender, OutboxMetrics metrics, TimeProvider time, ILogger<OutboxBatch<TContext>> logger)
    where TContext : DbContext
{
    private const int Keys = 100;
    private const int Rows = 500;

    // The first row of an ordering key stands for the key: whoever has it locked sends for that key, so that several
    // relays never overtake each other. A key's later rows are not locked; nobody else looks at them meanwhile.
    private const string Take = """
        WITH keys AS MATERIALIZED (
            SELECT first.ordering_key FROM outbox_messages AS first
            WHERE NOT EXISTS (
                SELECT FROM outbox_messages AS earlier
                WHERE earlier.ordering_key = first.ordering_key AND earlier.id < first.id)
            ORDER BY first.id LIMIT {0} FOR UPDATE SKIP LOCKED)
        SELECT * FROM outbox_messages WHERE ordering_key IN (SELECT ordering_key FROM keys) ORDER BY id LIMIT {1}
        """;

    /// <summary>Answers how many messages were sent; throws when none could be.</summary>
    public async Task<int> SendAsync(CancellationToken cancellation)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellation);
        // A retry after a lost commit sends again; the broker drops what has an id it knows.
        return await context.Database.CreateExecutionStrategy().ExecuteAsync(
            token => SendInTransactionAsync(context, token), cancellation);
    }

    private async Task<int> SendInTransactionAsync(TContext context, CancellationToken cancellation)
    {
        await using var transaction = await context.Database.BeginTransactionAsync(cancellation);
        var rows = await context.Set<OutboxMessage>().FromSqlRaw(Take, Keys, Rows).AsNoTracking().ToListAsync(cancellation);
        if (rows.Count == 0)
        {
            return 0;
        }

        var sent = new ConcurrentBag<long>();
        var failures = await Task.WhenAll(rows.GroupBy(row => row.OrderingKey).Select(key => SendInOrderAsync([.. key], sent, cancellation)));
        // Without the caller's token: what has been sent should be recorded even when stopping.
        var ids = sent.ToArray();
        await context.Set<OutboxMessage>().Where(row => ids.Contains(row.Id)).ExecuteDeleteAsync(CancellationToken.None);
        await transaction.CommitAsync(CancellationToken.None);
        return ids.Length > 0 ? ids.Length : throw failures.First(failure => failure is not null)!;
    }

    private async Task<MessagingException?> SendInOrderAsync(OutboxMessage[] rows, ConcurrentBag<long> sent, CancellationToken cancellation)
    {
        foreach (var row in rows)
        {
            try
            {
                await sender.SendAsync(Message(row), cancellation);
                sent.Add(row.Id);
                metrics.Relayed(row, time.GetUtcNow());
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                return new MessagingException("Stopping.");
            }
            catch (MessagingException exception)
            {
                // Its successors wait: order counts more than speed.
                Log.NotSent(logger, row.Queue, row.MessageId, exception);
                return exception;
            }
        }

        return null;
    }

    private static OutgoingMessage Message(OutboxMessage row)
    {
        ActivityContext.TryParse(row.TraceParent, row.TraceState, isRemote: true, out var parent);
        return new OutgoingMessage(row.Queue, row.Subject, row.MessageId, Encoding.UTF8.GetBytes(row.Body), parent);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "{Queue}: message {MessageId} stays in the outbox for now")]
        public static partial void NotSent(ILogger logger, string queue, string messageId, Exception exception);
    }
}
