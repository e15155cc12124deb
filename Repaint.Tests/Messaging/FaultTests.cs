using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Repaint.Contracts;
using Repaint.Contracts.Messages;
using Repaint.Tests.Infrastructure;

namespace Repaint.Tests.Messaging;

/// <summary>What goes wrong between a client and its broker, and what becomes of the messages.</summary>
public sealed partial class FaultTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Connections_cut_in_the_middle_of_a_frame_again_and_again_lose_nothing()
    {
        const int Count = 400;
        await using var bus = await TestBus.CreateAsync(TestQueues.With(lockDuration: "PT5S", maxDeliveryCount: 1000));
        await using var proxy = new TcpProxy(bus.Port);
        // Never at the same place: some of them are in the middle of a frame of whatever kind.
        var cuts = new Random(20_261_123);
        proxy.CutAfter = () => 5_000 + cuts.Next(40_000);
        var handled = new ConcurrentDictionary<string, int>();
        var inbox = Counting(handled);
        await using var service = await StartAsync(bus, proxy.Port, inbox, log: null, time: null);

        await Task.WhenAll(Enumerable.Range(0, Count).Select(_ => service.Sender.SendAsync(Inbox.Message(), Cancellation)));
        await Poll.UntilAsync(() => Task.FromResult(handled.Count == Count));
        proxy.CutAfter = null;

        await bus.WaitUntilEmptyAsync();
        Assert.Equal(Count, handled.Count);
    }

    [Fact]
    public async Task A_link_detached_because_it_was_idle_is_attached_again_without_a_word()
    {
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var bus = await TestBus.CreateAsync(time: clock);
        var inbox = new Inbox();
        var log = new RecordedLog();
        await using var service = await StartAsync(bus, bus.Port, inbox, log, clock);
        await service.Sender.SendAsync(Inbox.Message(), Cancellation);
        await inbox.ReceiveAsync();
        await bus.WaitUntilEmptyAsync();

        // The bus detaches both the sending and the receiving link.
        await clock.UntilAsync(Task.Run(async () =>
        {
            await Poll.UntilAsync(() => Task.FromResult(log.Count("LinkClosed") > 0));
            return true;
        }));
        Assert.Equal(Amqp.ErrorCode.DetachForced, log.Last("LinkClosed", "Condition")?.ToString());
        var message = Inbox.Message();
        await service.Sender.SendAsync(message, Cancellation);

        Assert.Equal(message, (await inbox.ReceiveAsync()).Message);
        Assert.Equal(0, log.Count("Reconnecting"));
        Assert.Equal(0, log.Count("Retrying"));
    }

    [Fact]
    public async Task A_handler_whose_lock_is_lost_is_told_and_the_message_comes_again()
    {
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var bus = await TestBus.CreateAsync(TestQueues.With(lockDuration: "PT1M"), clock);
        var told = new TaskCompletionSource();
        var inbox = new Inbox
        {
            Handle = async (_, context, cancellation) =>
            {
                if (context.DeliveryCount == 1)
                {
                    cancellation.Register(() => told.TrySetResult());
                    await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation);
                }
            },
        };
        await using var service = await StartAsync(bus, bus.Port, inbox, log: null, clock);
        await service.Sender.SendAsync(Inbox.Message(), Cancellation);
        Assert.Equal(1, (await inbox.ReceiveAsync()).Context.DeliveryCount);

        // As when a machine sleeps: the lock is over before anybody could renew it.
        clock.Advance(TimeSpan.FromMinutes(2));

        await told.Task.WaitAsync(TimeSpan.FromMinutes(3), Cancellation);
        Assert.Equal(2, (await clock.UntilAsync(inbox.ReceiveAsync())).Context.DeliveryCount);
        await bus.WaitUntilEmptyAsync();
    }

    [Fact]
    public async Task A_busy_broker_is_left_alone_for_ten_seconds()
    {
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var broker = new BusyBroker(refusals: 1);
        var log = new RecordedLog();
        await using var service = await TestService.StartAsync(broker.ConnectionString, messaging =>
        {
            messaging.Host.Services.AddSingleton<TimeProvider>(clock);
            messaging.Host.Services.AddSingleton<ILoggerProvider>(log);
        });

        var sending = service.Sender.SendAsync(Inbox.Message(), Cancellation);
        await Poll.UntilAsync(() => Task.FromResult(log.Count("Retrying") == 1));

        Assert.Equal(TimeSpan.FromSeconds(10), log.Last("Retrying", "Wait"));
        Assert.Equal(1, broker.Attempts);
        await clock.UntilAsync(Task.Run(async () =>
        {
            await sending;
            return true;
        }));
        Assert.Equal(2, broker.Attempts);
    }

    [Fact]
    public async Task The_bus_killed_and_restarted_loses_none_of_five_thousand_messages_from_four_senders_to_four_processors()
    {
        const int Services = 4;
        const int Each = 1_250;
        using var folder = new TemporaryFolder("bus");
        var port = FreePort.Next();
        var connection = $"Endpoint=sb://127.0.0.1:{port};SharedAccessKeyName={TestBus.KeyName};SharedAccessKey={TestBus.Key};UseDevelopmentEmulator=true";
        var bus = await BusProcess.StartAsync(folder.Path, port);
        var handled = new ConcurrentDictionary<string, int>();
        var services = new List<TestService>();
        try
        {
            for (var index = 0; index < Services; index++)
            {
                services.Add(await TestService.StartAsync(
                    connection,
                    messaging => Receive(messaging, Counting(handled), concurrency: 8),
                    ("Messaging:SendTries", "100"), ("Messaging:LongestRetryDelay", "00:00:00.5"), ("Messaging:SendTimeout", "00:00:05")));
            }

            var sending = services.Select(service => Task.Run(async () =>
            {
                // Forty at a time, so that the kill meets some in every state.
                foreach (var some in Enumerable.Range(0, Each).Chunk(40))
                {
                    await Task.WhenAll(some.Select(_ => service.Sender.SendAsync(Inbox.Message(), Cancellation)));
                }
            })).ToArray();
            foreach (var share in (int[])[5, 2])
            {
                await Poll.UntilAsync(() => Task.FromResult(handled.Count >= Services * Each / share));
                bus.Kill();
                await bus.DisposeAsync();
                bus = await BusProcess.StartAsync(folder.Path, port);
            }

            await Task.WhenAll(sending);
            await Poll.UntilAsync(() => Task.FromResult(handled.Count == Services * Each));
        }
        finally
        {
            foreach (var service in services)
            {
                await service.DisposeAsync();
            }

            await bus.DisposeAsync();
        }

        // Twice is allowed, and harmless: what counts is keyed by the message's id, as every handler's effect is.
        var twice = handled.Values.Count(times => times > 1);
        TestContext.Current.TestOutputHelper?.WriteLine($"{twice} of {handled.Count} messages were handled more than once.");
        Assert.Equal(Services * Each, handled.Count);
        Assert.InRange(twice, 0, Services * Each / 10);
    }

    private static Inbox Counting(ConcurrentDictionary<string, int> handled) => new()
    {
        Handle = (message, _, _) =>
        {
            handled.AddOrUpdate(message.MessageId, 1, (_, times) => times + 1);
            return Task.CompletedTask;
        },
    };

    private static Task<TestService> StartAsync(TestBus bus, int port, Inbox inbox, ILoggerProvider? log, TimeProvider? time) => TestService.StartAsync(
        bus.ConnectionString.Replace($":{bus.Port};", $":{port};", StringComparison.Ordinal),
        messaging =>
        {
            if (log is not null)
            {
                messaging.Host.Services.AddSingleton(log);
            }

            if (time is not null)
            {
                messaging.Host.Services.AddSingleton(time);
            }

            Receive(messaging, inbox, concurrency: 4);
        },
        ("Messaging:SendTries", "100"), ("Messaging:RetryDelay", "00:00:00.05"));

    private static void Receive(Repaint.Messaging.MessagingBuilder messaging, Inbox inbox, int concurrency)
    {
        messaging.Host.Services.AddSingleton(inbox);
        messaging.AddProcessor(QueueNames.Clustering, processor => processor
            .Configure(options => options.Concurrency = concurrency)
            .Handle<ClusterImage, Inbox.Handler>());
    }
}
