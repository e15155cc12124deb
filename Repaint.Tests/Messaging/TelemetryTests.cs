using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Repaint.Contracts;
using Repaint.Contracts.Messages;
using Repaint.Tests.Infrastructure;

namespace Repaint.Tests.Messaging;

/// <summary>Names and attributes as OpenTelemetry's semantic conventions for messaging have them.</summary>
public sealed class TelemetryTests
{
    [Fact]
    public async Task Sending_and_processing_are_measured_by_the_conventions()
    {
        var measured = new ConcurrentQueue<(string Instrument, string? Unit, Dictionary<string, object?> Tags)>();
        await using var bus = await TestBus.CreateAsync();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name == "Repaint.Messaging")
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((instrument, _, tags, _) => Note(instrument, tags));
        listener.SetMeasurementEventCallback<double>((instrument, _, tags, _) => Note(instrument, tags));
        listener.Start();
        var inbox = new Inbox();
        await using var service = await TestService.StartAsync(bus.ConnectionString, messaging =>
        {
            messaging.Host.Services.AddSingleton(inbox);
            messaging.AddProcessor(QueueNames.Clustering, processor => processor.Handle<ClusterImage, Inbox.Handler>());
        });

        await service.Sender.SendAsync(Inbox.Message(), TestContext.Current.CancellationToken);
        await bus.WaitUntilEmptyAsync();

        // Other tests of this run measure, too: the port tells ours.
        foreach (var (name, unit, operation) in ((string, string, string)[])[
            ("messaging.client.sent.messages", "{message}", "send"), ("messaging.client.operation.duration", "s", "send"),
            ("messaging.client.consumed.messages", "{message}", "process"), ("messaging.process.duration", "s", "process")])
        {
            var (_, actualUnit, tags) = Assert.Single(measured, one => one.Instrument == name && Equals(one.Tags["server.port"], bus.Port));
            Assert.Equal(unit, actualUnit);
            Assert.Equal("servicebus", tags["messaging.system"]);
            Assert.Equal(operation, tags["messaging.operation.name"]);
            Assert.Equal(QueueNames.Clustering, tags["messaging.destination.name"]);
            Assert.Equal("127.0.0.1", tags["server.address"]);
        }

        void Note(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            var values = new Dictionary<string, object?> { ["server.port"] = null };
            foreach (var (key, value) in tags)
            {
                values[key] = value;
            }

            measured.Enqueue((instrument.Name, instrument.Unit, values));
        }
    }
}
