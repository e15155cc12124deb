using System.Diagnostics.Metrics;
using Repaint.Messaging.Telemetry;

namespace Repaint.Messaging.Outbox;

/// <summary>How the relay keeps up.</summary>
internal sealed class OutboxMetrics : IDisposable
{
    private readonly Meter _meter;
    private readonly Counter<long> _relayed;
    private readonly Histogram<double> _delay;

    public OutboxMetrics(IMeterFactory meters)
    {
        _meter = meters.Create(MessagingTelemetry.Name);
        _relayed = _meter.CreateCounter<long>("repaint.outbox.relayed", "{message}", "Messages sent out of the outbox.");
        _delay = _meter.CreateHistogram<double>("repaint.outbox.delay", "s", "From writing a message to having sent it.");
    }

    public void Relayed(OutboxMessage message, DateTimeOffset now)
    {
        var queue = new KeyValuePair<string, object?>("messaging.destination.name", message.Queue);
        _relayed.Add(1, queue);
        _delay.Record((now - message.CreatedAt).TotalSeconds, queue);
    }

    public void Dispose() => _meter.Dispose();
}
