using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Repaint.Contracts;
using Repaint.Contracts.Messages;
using Repaint.Tests.Infrastructure;

namespace Repaint.Tests.Messaging;

public sealed class ReconnectTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nothing_is_lost_when_the_bus_restarts_in_the_middle_of_the_flow()
    {
        const int Senders = 4;
        const int Each = 250;
        await using var bus = await TestBus.CreateAsync();
        var handled = new ConcurrentDictionary<string, int>();
        var restartAt = new TaskCompletionSource();
        var inbox = new Inbox
        {
            Handle = (message, _, _) =>
            {
                handled.AddOrUpdate(message.MessageId, 1, (_, times) => times + 1);
                if (handled.Count == Senders * Each / 4)
                {
                    restartAt.TrySetResult();
                }

                return Task.CompletedTask;
            },
        };
        await using var service = await TestService.StartAsync(
            bus.ConnectionString,
            messaging =>
            {
                messaging.Host.Services.AddSingleton(inbox);
                messaging.AddProcessor(QueueNames.Clustering, processor => processor
                    .Configure(options => options.Concurrency = 8)
                    .Handle<ClusterImage, Inbox.Handler>());
            },
            ("Messaging:SendTries", "50"), ("Messaging:LongestRetryDelay", "00:00:00.5"));

        var sending = Enumerable.Range(0, Senders).Select(_ => Task.Run(async () =>
        {
            for (var sent = 0; sent < Each; sent++)
            {
                await service.Sender.SendAsync(Inbox.Message(), Cancellation);
            }
        })).ToArray();
        await restartAt.Task.WaitAsync(Cancellation);
        await bus.StopAsync();
        await bus.StartAsync();
        await Task.WhenAll(sending);

        await bus.WaitUntilEmptyAsync();
        Assert.Equal(Senders * Each, handled.Count);
    }

    [Fact]
    public async Task A_message_under_way_when_the_connection_breaks_is_completed_over_the_next()
    {
        await using var bus = await TestBus.CreateAsync();
        await using var proxy = new TcpProxy(bus.Port);
        var mayFinish = new TaskCompletionSource();
        var inbox = new Inbox { Handle = (_, _, _) => mayFinish.Task };
        await using var service = await TestService.StartAsync(
            bus.ConnectionString.Replace($":{bus.Port};", $":{proxy.Port};", StringComparison.Ordinal),
            messaging =>
            {
                messaging.Host.Services.AddSingleton(inbox);
                messaging.AddProcessor(QueueNames.Clustering, processor => processor.Handle<ClusterImage, Inbox.Handler>());
            });
        await service.Sender.SendAsync(Inbox.Message(), Cancellation);
        await inbox.ReceiveAsync();

        proxy.CutAll();
        mayFinish.SetResult();

        // Its lock lasts a minute: had the completion been lost with the link, it would still be there.
        await bus.WaitUntilEmptyAsync();
        Assert.True(inbox.IsEmpty);

        await service.Sender.SendAsync(Inbox.Message(), Cancellation);
        await inbox.ReceiveAsync();
    }
}
