using Amqp.Framing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Repaint.LocalBus.Queues;
using Repaint.LocalBus.Storage;
using Repaint.Tests.Infrastructure;

namespace Repaint.Tests.LocalBus;

public sealed partial class DeliveryTests
{
    [Fact]
    public async Task What_is_being_taken_out_because_it_expired_is_delivered_to_nobody()
    {
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var bus = await TestBus.CreateAsync(time: clock);
        await using var client = await RawClient.ConnectAsync(bus);
        var brief = Text("brief");
        brief.Header = new Header { Ttl = 1_000 };
        await client.SendAsync(Queue, brief);
        await client.SendAsync(Queue, Text("lasting"));
        var store = bus.Services.GetRequiredService<MessageStore>();
        Assert.True(bus.Services.GetRequiredService<QueueSet>().TryGet(Queue, out var queue));

        // The disk is slow: it is decided that the message goes, and not yet written.
        using var mayWrite = new ManualResetEventSlim();
        store.Write(
            _ =>
            {
                mayWrite.Wait(TimeSpan.FromMinutes(3));
                return static () => { };
            },
            static _ => { });
        clock.Advance(TimeSpan.FromSeconds(2));
        using (var reader = store.OpenReader())
        {
            queue.ExpireMessages(reader);
        }

        var received = await client.ReceiveAsync(Queue);
        mayWrite.Set();

        Assert.Equal("lasting", Text(received));
        Assert.Equal("brief", Text(await client.ReceiveAsync(DeadLetters)));
    }
}
