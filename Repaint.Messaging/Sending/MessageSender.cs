using System.Collections.Concurrent;
using System.Diagnostics;
using Amqp;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Repaint.Contracts.Messages;
using Repaint.Messaging.Connections;
using Repaint.Messaging.Telemetry;

namespace Repaint.Messaging.Sending;

/// <summary>Confirmed sends with retries.</summary>
internal sealed partial class MessageSender(
    BusConnection connection, MessagingTelemetry telemetry, IOptions<MessagingOptions> options, TimeProvider time, ILogger<MessageSender> logger)
    : IMessageSender
{
    private readonly ConcurrentDictionary<string, QueueSender> _senders = new();

    public Task SendAsync<TMessage>(TMessage message, CancellationToken cancellation = default)
        where TMessage : IMessage => SendAsync(OutgoingMessage.Of(message), cancellation);

    public Task ScheduleAsync<TMessage>(TMessage message, DateTimeOffset due, CancellationToken cancellation = default)
        where TMessage : IMessage => SendAsync(OutgoingMessage.Of(message) with { Due = due }, cancellation);

    public async Task SendBatchAsync<TMessage>(IReadOnlyCollection<TMessage> messages, CancellationToken cancellation = default)
        where TMessage : IMessage
    {
        foreach (var batch in OutgoingBatch.Of(messages.Select(OutgoingMessage.Of)))
        {
            var first = batch.Messages[0];
            await SendAsync(first.Queue, first.MessageId, batch.Messages.Count, first.Parent, batch.ToAmqp, cancellation);
        }
    }

    public Task SendAsync(OutgoingMessage message, CancellationToken cancellation) =>
        SendAsync(message.Queue, message.MessageId, count: 1, message.Parent, message.ToAmqp, cancellation);

    private async Task SendAsync(
        string queue, string messageId, int count, ActivityContext parent, Func<Activity?, Message> create, CancellationToken cancellation)
    {
        using var activity = telemetry.StartSend(queue, messageId, count, parent);
        var started = time.GetTimestamp();
        try
        {
            await TryAsync(queue, messageId, () => create(activity), cancellation);
            telemetry.Sent(queue, count, time.GetElapsedTime(started), errorType: null);
        }
        catch (MessagingException exception)
        {
            var errorType = exception.Condition ?? nameof(MessagingException);
            MessagingTelemetry.Fail(activity, errorType, exception.Message);
            telemetry.Sent(queue, count, time.GetElapsedTime(started), errorType);
            throw;
        }
    }

    private async Task TryAsync(string queue, string messageId, Func<Message> create, CancellationToken cancellation)
    {
        var sender = _senders.GetOrAdd(queue, name => new QueueSender(name, connection, time));
        for (var failures = 0; ; failures++)
        {
            MessagingException failure;
            try
            {
                await sender.SendAsync(create(), options.Value.SendTimeout, cancellation);
                return;
            }
            catch (Exception exception) when (!cancellation.IsCancellationRequested && BusErrors.IsBroker(exception))
            {
                failure = BusErrors.Of(exception, queue);
            }

            if (failure.IsFinal || failures + 1 >= options.Value.SendTries)
            {
                throw failure;
            }

            var wait = failure.Condition == BusErrors.ServerBusy
                ? options.Value.LongestRetryDelay
                : BackOff.After(failures, options.Value.RetryDelay, options.Value.LongestRetryDelay);
            Log.Retrying(logger, queue, messageId, wait, failure);
            await Task.Delay(wait, time, cancellation);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "{Queue}: message {MessageId} was not accepted; again in {Wait}")]
        public static partial void Retrying(ILogger logger, string queue, string messageId, TimeSpan wait, Exception exception);
    }
}
