using Microsoft.Extensions.DependencyInjection;
using Repaint.Contracts;
using Repaint.Contracts.Messages;
using Repaint.Tests.Infrastructure;

namespace Repaint.Tests.Messaging;

public sealed class ProcessorTests(LocalBusFixture buses)
{
    private readonly Inbox _inbox = new();

    [Fact]
    public async Task A_sent_message_reaches_its_handler_once()
    {
        await using var service = await StartAsync();
        var message = Inbox.Message();

        await service.Sender.SendAsync(message, TestContext.Current.CancellationToken);

        var (received, context) = await _inbox.ReceiveAsync();
        Assert.Equal(message, received);
        Assert.Equal(QueueNames.Clustering, context.Queue);
        Assert.Equal(message.MessageId, context.MessageId);
        Assert.Equal(1, context.DeliveryCount);
        Assert.NotNull(context.EnqueuedAt);
    }

    private async Task<TestService> StartAsync() => await TestService.StartAsync(await buses.StartAsync(), messaging =>
    {
        messaging.Host.Services.AddSingleton(_inbox);
        messaging.AddProcessor(QueueNames.Clustering, processor => processor.Handle<ClusterImage, Inbox.Handler>());
    });
}
