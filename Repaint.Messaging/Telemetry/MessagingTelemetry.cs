using System.Diagnostics;
using System.Diagnostics.Metrics;
using Repaint.Messaging.Connections;

namespace Repaint.Messaging.Telemetry;

/// <summary>Spans and metrics by OpenTelemetry's semantic conventions for messaging.</summary>
internal sealed class MessagingTelemetry : IDisposable
{
    public const string Name = "Repaint.Messaging";
    public const string TraceParent = "traceparent";
    public const string TraceState = "tracestate";

    private const string System = "messaging.system";
    private const string Destination = "messaging.destination.name";
    private const string OperationType = "messaging.operation.type";
    private const string OperationName = "messaging.operation.name";
    private const string ErrorType = "error.type";

    // The conventions' own, and up to the longest a handler may take here.
    private static readonly InstrumentAdvice<double> Durations = new()
    {
        HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 30, 60, 300],
    };

    private static readonly ActivitySource Source = new(Name);

    private readonly Meter _meter;
    private readonly BusAddress _address;
    private readonly Counter<long> _sent;
    private readonly Counter<long> _consumed;
    private readonly Histogram<double> _sendDuration;
    private readonly Histogram<double> _processDuration;

    public MessagingTelemetry(IMeterFactory meters, BusAddress address)
    {
        _address = address;
        _meter = meters.Create(Name);
        _sent = _meter.CreateCounter<long>(
            "messaging.client.sent.messages", "{message}", "Messages the broker confirmed, or refused for good (error.type).");
        _consumed = _meter.CreateCounter<long>(
            "messaging.client.consumed.messages", "{message}", "Deliveries, by how they were settled.");
        _sendDuration = _meter.CreateHistogram<double>(
            "messaging.client.operation.duration", "s", "From asking to send until the broker has it safe.", tags: null, Durations);
        _processDuration = _meter.CreateHistogram<double>(
            "messaging.process.duration", "s", "Time in the handler.", tags: null, Durations);
    }

    public Activity? StartSend(string queue, string messageId, int count, ActivityContext parent)
    {
        var activity = Source.StartActivity($"send {queue}", ActivityKind.Producer, parent);
        Describe(activity, queue, "send", count == 1 ? messageId : null);
        if (count > 1)
        {
            activity?.SetTag("messaging.batch.message_count", count);
        }

        return activity;
    }

    public Activity? StartProcess(string queue, string? messageId, int deliveryCount, ActivityContext parent)
    {
        var activity = Source.StartActivity($"process {queue}", ActivityKind.Consumer, parent);
        Describe(activity, queue, "process", messageId);
        activity?.SetTag("messaging.servicebus.message.delivery_count", deliveryCount);
        return activity;
    }

    public void Sent(string queue, int count, TimeSpan duration, string? errorType)
    {
        var tags = Tags(queue, "send");
        if (errorType is not null)
        {
            tags.Add(ErrorType, errorType);
        }

        _sent.Add(count, tags);
        tags.Add(OperationType, "send");
        _sendDuration.Record(duration.TotalSeconds, tags);
    }

    public void Processed(string queue, TimeSpan duration, string disposition, string? errorType)
    {
        var tags = Tags(queue, "process");
        tags.Add("messaging.servicebus.disposition_status", disposition);
        if (errorType is not null)
        {
            tags.Add(ErrorType, errorType);
        }

        _consumed.Add(1, tags);
        _processDuration.Record(duration.TotalSeconds, tags);
    }

    /// <summary>Marks a span as failed.</summary>
    public static void Fail(Activity? activity, string errorType, string description) => activity?
        .SetStatus(ActivityStatusCode.Error, description)
        .SetTag(ErrorType, errorType);

    public void Dispose() => _meter.Dispose();

    private TagList Tags(string queue, string operation) => new()
    {
        { System, "servicebus" },
        { Destination, queue },
        { OperationName, operation },
        { "server.address", _address.Host },
        { "server.port", _address.Port },
    };

    private void Describe(Activity? activity, string queue, string operation, string? messageId) => activity?
        .SetTag(System, "servicebus")
        .SetTag(Destination, queue)
        .SetTag(OperationType, operation)
        .SetTag(OperationName, operation)
        .SetTag("messaging.message.id", messageId)
        .SetTag("server.address", _address.Host)
        .SetTag("server.port", _address.Port);
}
