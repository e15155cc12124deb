using Amqp;
using Amqp.Framing;
using Amqp.Types;
using Repaint.Messaging.Connections;
using Repaint.Tests.Infrastructure;

namespace Repaint.Tests.LocalBus;

// Several messages settled by one request.
public sealed partial class DeliveryTests
{
    [Fact]
    public async Task Messages_settled_by_one_request_are_settled_all_or_none()
    {
        await using var client = await RawClient.ConnectAsync(_bus);
        await client.SendAsync(Queue, Text("one"));
        await client.SendAsync(Queue, Text("other"));
        var one = new Guid((await client.ReceiveAsync(Queue)).DeliveryTag);
        var other = new Guid((await client.ReceiveAsync(Queue)).DeliveryTag);
        var management = await RequestLink.OpenAsync(
            client.Session, Queue + "/$management", TimeProvider.System, TestContext.Current.CancellationToken);

        Assert.Equal(410, await CompleteAsync(one, Guid.CreateVersion7()));
        Assert.Equal(2, await _bus.CountAsync());
        Assert.Equal(200, await CompleteAsync(one, other));
        Assert.Equal(0, await _bus.CountAsync());

        async Task<object> CompleteAsync(params Guid[] tokens)
        {
            var answer = await management.RequestAsync(
                new Message
                {
                    ApplicationProperties = new ApplicationProperties { ["operation"] = "com.microsoft:update-disposition" },
                    BodySection = new AmqpValue { Value = new Map { ["disposition-status"] = "completed", ["lock-tokens"] = tokens } },
                },
                TestContext.Current.CancellationToken);
            return answer.ApplicationProperties["statusCode"];
        }
    }
}
