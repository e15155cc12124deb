using System.Collections.Concurrent;
using System.Diagnostics;
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

    public async Task SendAsync(OutgoingMessage message, CancellationToken cancellation)
    {
        using var activity = telemetry.StartSend(message.Queue, message.MessageId, message.Parent);
        var started = time.GetTimestamp();
        try
        {
            await TryAsync(message, activity, cancellation);
            telemetry.Sent(message.Queue, time.GetElapsedTime(started), errorType: null);
        }
        catch (MessagingException exception)
        {
            activity?.SetStatus(ActivityStatusCode.Error, exception.Message);
            telemetry.Sent(message.Queue, time.GetElapsedTime(started), exception.Condition ?? nameof(MessagingException));
            throw;
        }
    }

    private async Task TryAsync(OutgoingMessage message, Activity? activity, CancellationToken cancellation)
    {
        var sender = _senders.GetOrAdd(message.Queue, queue => new QueueSender(queue, connection, time));
        for (var failures = 0; ; failures++)
        {
            MessagingException failure;
            try
            {
                await sender.SendAsync(message.ToAmqp(activity), options.Value.SendTimeout, cancellation);
                return;
            }
            catch (Exception exception) when (!cancellation.IsCancellationRequested && BusErrors.IsBroker(exception))
            {
                failure = BusErrors.Of(exception, message.Queue);
            }

            if (failure.IsFinal || failures + 1 >= options.Value.SendTries)
            {
                throw failure;
            }

            var wait = failure.Condition == BusErrors.ServerBusy
                ? options.Value.LongestRetryDelay
                : BackOff.After(failures, options.Value.RetryDelay, options.Value.LongestRetryDelay);
            Log.Retrying(logger, message.Queue, message.MessageId, wait, failure);
            await Task.Delay(wait, time, cancellation);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "{Queue}: message {MessageId} was not accepted; again in {Wait}")]
        public static partial void Retrying(ILogger logger, string queue, string messageId, TimeSpan wait, Exception exception);
    }
}
