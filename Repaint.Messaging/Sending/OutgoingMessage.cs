using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Amqp;
using Amqp.Framing;
using Amqp.Types;
using Repaint.Contracts;
using Repaint.Contracts.Messages;
using Repaint.Messaging.Telemetry;

namespace Repaint.Messaging.Sending;

/// <summary>A message ready for the wire.</summary>
internal sealed record OutgoingMessage(string Queue, string Subject, string MessageId, byte[] Body, ActivityContext Parent)
{
    public const string ContentType = "application/json";

    private static readonly Symbol ScheduledEnqueueTime = "x-opt-scheduled-enqueue-time";

    /// <summary>Not to be received before; null: at once.</summary>
    public DateTimeOffset? Due { get; init; }

    public static OutgoingMessage Of<TMessage>(TMessage message)
        where TMessage : IMessage => new(
            TMessage.Queue,
            TMessage.Subject,
            message.MessageId,
            JsonSerializer.SerializeToUtf8Bytes(message, ContractsJson.Options),
            Activity.Current?.Context ?? default);

    public Message ToAmqp(Activity? activity)
    {
        var message = new Message
        {
            Header = new Header { Durable = true },
            Properties = new Properties { MessageId = MessageId, Subject = Subject, ContentType = ContentType },
            ApplicationProperties = new ApplicationProperties(),
            BodySection = new Data { Binary = Body },
        };
        if (Due is { } due)
        {
            message.MessageAnnotations = new MessageAnnotations { [ScheduledEnqueueTime] = due.UtcDateTime };
        }

        // Nobody listening to our source must not cut the trace in two.
        var trace = activity?.Context ?? Parent;
        if (trace.TraceId != default)
        {
            message.ApplicationProperties[MessagingTelemetry.TraceParent] = Format(trace);
            if (!string.IsNullOrEmpty(trace.TraceState))
            {
                message.ApplicationProperties[MessagingTelemetry.TraceState] = trace.TraceState;
            }
        }

        return message;
    }

    private static string Format(ActivityContext trace) =>
        new StringBuilder("00-").Append(trace.TraceId).Append('-').Append(trace.SpanId).Append('-')
            .Append(((int)trace.TraceFlags).ToString("x2")).ToString();
}
