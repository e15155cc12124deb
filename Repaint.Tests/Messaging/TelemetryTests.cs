using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Repaint.Contracts;
using Repaint.Contracts.Messages;
using Repaint.Messaging;
using Repaint.Tests.Infrastructure;

namespace Repaint.Tests.Messaging;

/// <summary>Names and attributes as OpenTelemetry's semantic conventions for messaging have them.</summary>
public sealed class TelemetryTests
{
    [Fact]
    public async Task Sending_and_processing_are_measured_by_the_conventions()
    {
        using var measured = new Measurements();
        await using var bus = await TestBus.CreateAsync();
        var inbox = new Inbox();
        await using var service = await StartAsync(bus, inbox, clock: null);

        await service.Sender.SendAsync(Inbox.Message(), TestContext.Current.CancellationToken);
        await bus.WaitUntilEmptyAsync();

        foreach (var (name, unit, operation) in ((string, string, string)[])[
            ("messaging.client.sent.messages", "{message}", "send"), ("messaging.client.operation.duration", "s", "send"),
            ("messaging.client.consumed.messages", "{message}", "process"), ("messaging.process.duration", "s", "process")])
        {
            var (instrument, tags) = Assert.Single(measured.Of(name, bus.Port));
            Assert.Equal(unit, instrument.Unit);
            Assert.Equal("servicebus", tags["messaging.system"]);
            Assert.Equal(operation, tags["messaging.operation.name"]);
            Assert.Equal(QueueNames.Clustering, tags["messaging.destination.name"]);
            Assert.Equal("127.0.0.1", tags["server.address"]);
            Assert.DoesNotContain("error.type", tags);
            // Without its own, everything faster than five seconds would share one.
            Assert.True(instrument is not Histogram<double> histogram || histogram.Advice?.HistogramBucketBoundaries?[0] == 0.005);
        }
    }

    [Fact]
    public async Task A_failure_is_named_and_the_wait_after_it_is_not_time_in_the_handler()
    {
        // A clock that stands still: whoever waits before measuring never measures.
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        using var source = new ActivitySource("Repaint.Tests.Telemetry");
        using var spans = new SpanRecorder("Repaint.");
        using var measured = new Measurements();
        await using var bus = await TestBus.CreateAsync();
        var inbox = new Inbox { Handle = (_, _, _) => throw new InvalidOperationException("not today") };
        var service = await StartAsync(bus, inbox, clock);
        var activity = source.StartActivity("change")!;

        await service.Sender.SendAsync(Inbox.Message(), TestContext.Current.CancellationToken);
        activity.Dispose();
        await Poll.UntilAsync(() => Task.FromResult(measured.Of("messaging.process.duration", bus.Port).Any()));
        await clock.UntilAsync(Task.Run(async () =>
        {
            await service.DisposeAsync();
            return true;
        }));

        foreach (var name in (string[])["messaging.process.duration", "messaging.client.consumed.messages"])
        {
            var (_, tags) = Assert.Single(measured.Of(name, bus.Port));
            Assert.Equal(typeof(InvalidOperationException).FullName, tags["error.type"]);
            Assert.Equal("abandon", tags["messaging.servicebus.disposition_status"]);
        }

        var process = spans.Of(activity.TraceId).Single(span => span.Kind == ActivityKind.Consumer);
        Assert.Equal(ActivityStatusCode.Error, process.Status);
        Assert.Equal(typeof(InvalidOperationException).FullName, process.GetTagItem("error.type"));
    }

    [Fact]
    public async Task A_send_that_is_refused_says_why()
    {
        using var source = new ActivitySource("Repaint.Tests.Telemetry");
        using var spans = new SpanRecorder("Repaint.");
        await using var bus = await TestBus.CreateAsync();
        await using var service = await TestService.StartAsync(bus.ConnectionStringWith("not-the-key-of-this-bus"));
        using var activity = source.StartActivity("change")!;

        await Assert.ThrowsAsync<MessagingException>(() => service.Sender.SendAsync(Inbox.Message(), TestContext.Current.CancellationToken));

        var send = spans.Of(activity.TraceId).Single(span => span.Kind == ActivityKind.Producer);
        Assert.Equal(ActivityStatusCode.Error, send.Status);
        Assert.Equal("amqp:unauthorized-access", send.GetTagItem("error.type"));
    }

    private static Task<TestService> StartAsync(TestBus bus, Inbox inbox, TimeProvider? clock) => TestService.StartAsync(bus.ConnectionString, messaging =>
    {
        if (clock is not null)
        {
            messaging.Host.Services.AddSingleton(clock);
        }

        messaging.Host.Services.AddSingleton(inbox);
        messaging.AddProcessor(QueueNames.Clustering, processor => processor.Handle<ClusterImage, Inbox.Handler>());
    });

    private sealed class Measurements : IDisposable
    {
        private readonly ConcurrentQueue<(Instrument Instrument, Dictionary<string, object?> Tags)> _measured = new();
        private readonly MeterListener _listener = new();

        public Measurements()
        {
            _listener.InstrumentPublished = static (instrument, self) =>
            {
                if (instrument.Meter.Name == "Repaint.Messaging")
                {
                    self.EnableMeasurementEvents(instrument);
                }
            };
            _listener.SetMeasurementEventCallback<long>((instrument, _, tags, _) => Note(instrument, tags));
            _listener.SetMeasurementEventCallback<double>((instrument, _, tags, _) => Note(instrument, tags));
            _listener.Start();
        }

        /// <summary>Other tests of this run measure, too: the port tells ours.</summary>
        public IEnumerable<(Instrument Instrument, Dictionary<string, object?> Tags)> Of(string instrument, int port) =>
            _measured.Where(one => one.Instrument.Name == instrument && one.Tags.GetValueOrDefault("server.port") is int at && at == port);

        public void Dispose() => _listener.Dispose();

        private void Note(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
            _measured.Enqueue((instrument, new Dictionary<string, object?>(tags.ToArray())));
    }
}
