using System.Diagnostics.Metrics;
using Repaint.Messaging.Telemetry;

namespace Repaint.Messaging.Outbox;

/// <summary>How the relay keeps up.</summary>
internal sealed class OutboxMetrics : IDisposable
{
    // From at once to a broker that was away for an hour.
    private static readonly InstrumentAdvice<double> Delays = new()
    {
        HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600],
    };

    private readonly Meter _meter;
    private readonly Counter<long> _relayed;
    private readonly Histogram<double> _delay;

    public OutboxMetrics(IMeterFactory meters)
    {
        _meter = meters.Create(MessagingTelemetry.Name);
        _relayed = _meter.CreateCounter<long>("repaint.outbox.relayed", "{message}", "Messages sent out of the outbox.");
        _delay = _meter.CreateHistogram<double>("repaint.outbox.delay", "s", "From writing a message to having sent it.", tags: null, Delays);
    }

    public void Relayed(OutboxMessage message, DateTimeOffset now)
    {
        var queue = new KeyValuePair<string, object?>("messaging.destination.name", message.Queue);
        _relayed.Add(1, queue);
        _delay.Record((now - message.CreatedAt).TotalSeconds, queue);
    }

    public void Dispose() => _meter.Dispose();
}
