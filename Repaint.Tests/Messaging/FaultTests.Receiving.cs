using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Repaint.Contracts.Messages;
using Repaint.Tests.Infrastructure;

namespace Repaint.Tests.Messaging;

// How a broker says that it has enough to do, or that nobody needs the connection.
public sealed partial class FaultTests
{
    [Fact]
    public async Task A_receiver_waits_when_the_broker_is_busy_and_returns_at_once_when_its_connection_was_idle()
    {
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var broker = new BusyBroker(refusals: 0);
        var log = new RecordedLog();
        await using var service = await TestService.StartAsync(broker.ConnectionString, messaging =>
        {
            messaging.Host.Services.AddSingleton<TimeProvider>(clock);
            messaging.Host.Services.AddSingleton<ILoggerProvider>(log);
            messaging.Host.Services.AddSingleton(new Inbox());
            messaging.AddProcessor(BusyBroker.Source, processor => processor.Handle<ClusterImage, Inbox.Handler>());
        });

        // Refused, then attached and detached again: both times it leaves the broker alone.
        foreach (var refused in (int[])[1, 2])
        {
            await Poll.UntilAsync(() => Task.FromResult(log.Count("Reconnecting") == refused));
            Assert.Equal(TimeSpan.FromSeconds(10), log.Last("Reconnecting", "Wait"));
            Assert.Equal(refused, broker.Receivers);
            await clock.UntilAsync(Task.Run(async () =>
            {
                await Poll.UntilAsync(() => Task.FromResult(broker.Receivers > refused));
                return true;
            }));
        }

        // The third one's connection is closed, which is nothing to wait for or to warn about.
        await Poll.UntilAsync(() => Task.FromResult(broker.Receivers == 4));
        Assert.Equal(2, log.Count("Reconnecting"));
        Assert.Equal(0, log.Count("ClosedByError"));
    }
}
