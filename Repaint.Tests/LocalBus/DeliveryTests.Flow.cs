using Amqp;
using Amqp.Framing;
using Repaint.Contracts;
using Repaint.Tests.Infrastructure;

namespace Repaint.Tests.LocalBus;

// Batches, credit and drain: where the library needs correcting.
public sealed partial class DeliveryTests
{
    [Fact]
    public async Task A_batch_is_taken_apart()
    {
        await using var client = await RawClient.ConnectAsync(_bus);
        var sections = new DataList();
        foreach (var text in new[] { "a", "b", "c" })
        {
            var encoded = Text(text).Encode();
            sections.Add(new Data { Binary = encoded.Buffer.AsSpan(encoded.Offset, encoded.Length).ToArray() });
        }

        await client.SendAsync(Queue, new Message { BodySection = sections, Format = 0x80013700 });

        Assert.Equal(["a", "b", "c"], [
            Text(await client.ReceiveAsync(Queue)), Text(await client.ReceiveAsync(Queue)), Text(await client.ReceiveAsync(Queue))]);
    }

    [Fact]
    public async Task A_flow_that_repeats_its_credit_takes_none_away()
    {
        await using var client = await RawClient.ConnectAsync(_bus);
        var link = client.Receiver(Queue);
        link.SetCredit(3, CreditMode.Manual);
        link.SetCredit(0, CreditMode.Manual);
        link.SetCredit(0, CreditMode.Manual);
        for (var sent = 0; sent < 4; sent++)
        {
            await client.SendAsync(Queue, Text($"{sent}"));
        }

        for (var taken = 0; taken < 3; taken++)
        {
            Assert.Equal($"{taken}", Text(await link.ReceiveAsync(TimeSpan.FromSeconds(30))));
        }

        // And it gave none in addition: the fourth goes to somebody else.
        Assert.Equal("3", Text(await client.ReceiveAsync(Queue)));
    }

    [Fact]
    public async Task A_drain_is_answered()
    {
        await using var client = await RawClient.ConnectAsync(_bus);
        var link = client.Receiver(Queue);
        link.SetCredit(5, CreditMode.Drain);

        Assert.Null(await link.ReceiveAsync(TimeSpan.FromMilliseconds(500)));

        // The library starts another cycle only after the broker has ended the first.
        await client.SendAsync(Queue, Text("after"));
        link.SetCredit(1, CreditMode.Drain);
        Assert.Equal("after", Text(await link.ReceiveAsync(TimeSpan.FromSeconds(30))));
    }

    [Fact]
    public async Task More_messages_than_the_window_holds_are_delivered_in_order()
    {
        await using var client = await RawClient.ConnectAsync(_bus);
        const int Count = 3_000;
        var sender = new SenderLink(client.Session, "many", QueueNames.ImageUpdates);
        var sends = new List<Task>();
        for (var sent = 0; sent < Count; sent++)
        {
            sends.Add(sender.SendAsync(Text($"{sent}"), TimeSpan.FromSeconds(60)));
        }

        await Task.WhenAll(sends);
        var link = client.Receiver(QueueNames.ImageUpdates);
        link.SetCredit(100);
        for (var taken = 0; taken < Count; taken++)
        {
            var message = await link.ReceiveAsync(TimeSpan.FromSeconds(30));
            Assert.Equal($"{taken}", Text(message));
            link.Accept(message);
        }

        await _bus.WaitUntilEmptyAsync();
    }
}
