using System.Diagnostics;
using Amqp;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Repaint.Messaging.Connections;
using Repaint.Messaging.Telemetry;

namespace Repaint.Messaging.Processing;

/// <summary>Takes one message from its delivery to its settlement.</summary>
internal sealed partial class MessageRunner(
    string queue,
    bool deadLetters,
    ProcessorOptions options,
    MessageHandlers handlers,
    QueueManagement management,
    IServiceScopeFactory scopes,
    MessagingTelemetry telemetry,
    TimeProvider time,
    ILogger<MessageRunner> logger) : IDisposable
{
    private static readonly TimeSpan SettleRetry = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestSettleRetry = TimeSpan.FromSeconds(5);

    private readonly AloneGate _gate = new();

    /// <summary>Handles and settles.</summary>
    /// <param name="delivery">As the link delivered it.</param>
    /// <param name="giveUp">The process stops and waits no longer: what is under way is to be given back.</param>
    public async Task RunAsync(Message delivery, CancellationToken giveUp)
    {
        // The library's thread carries the context of whoever opened the connection; this is nobody's child but the sender's.
        Activity.Current = null;
        var message = ReceivedMessage.Read(delivery, time);
        await using var lease = new LockLease(message, management, time, logger);
        using var activity = telemetry.StartProcess(queue, message.MessageId, message.DeliveryCount, message.Parent);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(lease.Lost, giveUp);
        var disposition = await HandleAsync(message, lease, activity, ended.Token, giveUp);
        activity?.SetTag("messaging.servicebus.disposition_status", disposition.Status);
        if (disposition is Disposition.Lost || !await SettleAsync(message, lease, disposition))
        {
            // Whoever has the message now will settle it; handling is idempotent.
            Log.Repeated(logger, queue, message.MessageId);
            activity?.SetStatus(ActivityStatusCode.Error, "The lock was lost before the message was settled.");
        }
    }

    /// <summary>Gives a message back that came while stopping.</summary>
    public async Task GiveBackAsync(Message delivery) =>
        await management.SettleAsync(ReceivedMessage.Read(delivery, time).LockToken, new Disposition.Abandon(), CancellationToken.None);

    public void Dispose() => management.Dispose();

    private async Task<Disposition> HandleAsync(
        ReceivedMessage message, LockLease lease, Activity? activity, CancellationToken ended, CancellationToken giveUp)
    {
        var started = time.GetTimestamp();
        Exception? failure = null;
        try
        {
            using (await _gate.EnterAsync(options.RunRetriesAlone && message.DeliveryCount > 1, ended))
            {
                started = time.GetTimestamp();
                await HandleInTimeAsync(message, ended);
            }
        }
        catch (Exception exception)
        {
            failure = exception;
            MessagingTelemetry.Fail(activity, exception.GetType().FullName!, exception.Message);
            activity?.AddException(exception);
        }

        var disposition = Decide(failure, lease);
        telemetry.Processed(queue, time.GetElapsedTime(started), disposition.Status, failure?.GetType().FullName);
        if (disposition is Disposition.DeadLetter or Disposition.Defer)
        {
            Log.Permanent(logger, queue, message.MessageId, message.Subject, ((PermanentMessageException)failure!).Reason, failure);
        }
        else if (disposition is Disposition.Abandon && !(failure is OperationCanceledException && giveUp.IsCancellationRequested))
        {
            var wait = BackOff.After(message.DeliveryCount - 1, options.RetryDelay, options.LongestRetryDelay);
            Log.Failed(logger, queue, message.MessageId, message.Subject, message.DeliveryCount, wait, failure!);
            // Giving it back at once would use up its tries before whatever is broken has come back. Outside the gate:
            // others may run meanwhile.
            await Task.Delay(wait, time, ended).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return disposition;
    }

    private Disposition Decide(Exception? failure, LockLease lease) => failure switch
    {
        null => new Disposition.Complete(),
        _ when lease.Lost.IsCancellationRequested => new Disposition.Lost(),
        PermanentMessageException when deadLetters => new Disposition.Defer(),
        PermanentMessageException permanent => new Disposition.DeadLetter(permanent.Reason, permanent.Message),
        _ => new Disposition.Abandon(),
    };

    private async Task HandleInTimeAsync(ReceivedMessage message, CancellationToken ended)
    {
        using var limit = new CancellationTokenSource(options.TimeLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ended, limit.Token);
        await using var scope = scopes.CreateAsyncScope();
        var context = new MessageContext(queue, message.MessageId, message.DeliveryCount, message.EnqueuedAt)
        {
            DeadLetter = deadLetters ? message.Cause : null,
        };
        try
        {
            await handlers.HandleAsync(scope.ServiceProvider, message, context, either.Token);
        }
        catch (OperationCanceledException exception) when (limit.IsCancellationRequested && !ended.IsCancellationRequested)
        {
            throw new TimeoutException($"Handling took longer than {options.TimeLimit}.", exception);
        }
    }

    /// <summary>Settles, however often the connection breaks, as long as the lock holds.</summary>
    private async Task<bool> SettleAsync(ReceivedMessage message, LockLease lease, Disposition disposition)
    {
        for (var failures = 0; ; failures++)
        {
            try
            {
                // After an answer that was lost, "no such lock" may mean that the first try had settled it.
                return await management.SettleAsync(message.LockToken, disposition, lease.Lost) || failures > 0;
            }
            catch (OperationCanceledException) when (lease.Lost.IsCancellationRequested)
            {
                return false;
            }
            catch (Exception exception) when (BusErrors.IsBroker(exception))
            {
                Log.NotSettled(logger, queue, message.MessageId, exception);
                if (lease.Until <= time.GetUtcNow())
                {
                    return false;
                }

                await Task.Delay(BackOff.After(failures, SettleRetry, LongestSettleRetry), time, lease.Lost)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning,
            "{Queue}: {Subject} {MessageId} failed on delivery {DeliveryCount}; given back in {Wait}")]
        public static partial void Failed(
            ILogger logger, string queue, string messageId, string? subject, int deliveryCount, TimeSpan wait, Exception exception);

        [LoggerMessage(2, LogLevel.Error, "{Queue}: {Subject} {MessageId} can never be handled: {Reason}")]
        public static partial void Permanent(
            ILogger logger, string queue, string messageId, string? subject, string reason, Exception exception);

        [LoggerMessage(3, LogLevel.Warning, "{Queue}: message {MessageId} lost its lock before it was settled; it will come again")]
        public static partial void Repeated(ILogger logger, string queue, string messageId);

        [LoggerMessage(4, LogLevel.Warning, "{Queue}: message {MessageId} could not be settled yet")]
        public static partial void NotSettled(ILogger logger, string queue, string messageId, Exception exception);
    }
}
