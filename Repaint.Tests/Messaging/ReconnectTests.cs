using Microsoft.Extensions.DependencyInjection;
using Repaint.Contracts;
using Repaint.Contracts.Messages;
using Repaint.Tests.Infrastructure;

namespace Repaint.Tests.Messaging;

public sealed class ReconnectTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

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
