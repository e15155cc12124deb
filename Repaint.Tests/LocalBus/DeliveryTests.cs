using System.Text;
using Amqp;
using Amqp.Framing;
using Amqp.Types;
using Microsoft.Extensions.Time.Testing;
using Repaint.Contracts;
using Repaint.Tests.Infrastructure;

namespace Repaint.Tests.LocalBus;

/// <summary>What the bus promises any AMQP client, seen with a client that has none of our code.</summary>
public sealed partial class DeliveryTests : IAsyncLifetime
{
    private const string Queue = QueueNames.Clustering;
    private const string DeadLetters = Queue + "/$deadletterqueue";

    private TestBus _bus = null!;

    public async ValueTask InitializeAsync() => _bus = await TestBus.CreateAsync(TestQueues.With(maxDeliveryCount: 3));

    public ValueTask DisposeAsync() => _bus.DisposeAsync();

    [Fact]
    public async Task A_delivery_carries_what_Service_Bus_tells()
    {
        await using var client = await RawClient.ConnectAsync(_bus);
        await client.SendAsync(Queue, Text("hello", id: "first"));

        var message = await client.ReceiveAsync(Queue);

        Assert.Equal("hello", Text(message));
        Assert.Equal("first", message.Properties.MessageId);
        Assert.Equal("label", message.Properties.Subject);
        Assert.Equal("value", message.ApplicationProperties["key"]);
        Assert.Equal(0u, message.Header.DeliveryCount);
        Assert.Equal(16, message.DeliveryTag.Length);
        Assert.Equal(1L, message.MessageAnnotations[new Symbol("x-opt-sequence-number")]);
        var enqueued = (DateTime)message.MessageAnnotations[new Symbol("x-opt-enqueued-time")];
        Assert.True((DateTime)message.MessageAnnotations[new Symbol("x-opt-locked-until")] > enqueued);
    }

    [Fact]
    public async Task Messages_come_in_the_order_in_which_they_were_sent()
    {
        await using var client = await RawClient.ConnectAsync(_bus);
        for (var sent = 0; sent < 20; sent++)
        {
            await client.SendAsync(Queue, Text($"{sent}"));
        }

        var link = client.Receiver(Queue);
        link.SetCredit(20, CreditMode.Manual);
        var received = new List<string>();
        for (var taken = 0; taken < 20; taken++)
        {
            received.Add(Text(await link.ReceiveAsync(TimeSpan.FromSeconds(30))));
        }

        Assert.Equal(Enumerable.Range(0, 20).Select(sent => $"{sent}"), received);
    }

    [Fact]
    public async Task A_lock_that_expires_gives_the_message_to_the_next_and_counts_it()
    {
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var bus = await TestBus.CreateAsync(TestQueues.With(lockDuration: "PT1M"), clock);
        await using var client = await RawClient.ConnectAsync(bus);
        await client.SendAsync(Queue, Text("held too long"));
        var first = client.Receiver(Queue);
        first.SetCredit(1, CreditMode.Manual);
        var held = await first.ReceiveAsync(TimeSpan.FromSeconds(30));

        var again = await clock.UntilAsync(client.ReceiveAsync(Queue));
        // Too late, and silently so: it must not take the message away from the second receiver.
        first.Accept(held);

        Assert.Equal(1u, again.Header.DeliveryCount);
        Assert.NotEqual(held.DeliveryTag, again.DeliveryTag);
        Assert.Equal(2u, (await clock.UntilAsync(client.ReceiveAsync(Queue))).Header.DeliveryCount);
    }

    [Fact]
    public async Task What_a_lost_receiver_held_comes_back_when_its_lock_expires()
    {
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var bus = await TestBus.CreateAsync(TestQueues.With(lockDuration: "PT1M"), clock);
        await using var client = await RawClient.ConnectAsync(bus);
        await client.SendAsync(Queue, Text("orphan"));
        await using (var other = await RawClient.ConnectAsync(bus))
        {
            await other.ReceiveAsync(Queue);
        }

        Assert.Equal("orphan", Text(await clock.UntilAsync(client.ReceiveAsync(Queue))));
    }

    [Fact]
    public async Task A_message_given_back_too_often_is_dead_lettered()
    {
        await using var client = await RawClient.ConnectAsync(_bus);
        await client.SendAsync(Queue, Text("never right"));
        var link = client.Receiver(Queue);
        link.SetCredit(4, CreditMode.Manual);
        for (var delivery = 0u; delivery < 3; delivery++)
        {
            var message = await link.ReceiveAsync(TimeSpan.FromSeconds(30));
            Assert.Equal(delivery, message.Header.DeliveryCount);
            link.Modify(message, deliveryFailed: true);
        }

        var dead = await client.ReceiveAsync(DeadLetters);

        Assert.Equal("never right", Text(dead));
        Assert.Equal("MaxDeliveryCountExceeded", dead.ApplicationProperties["DeadLetterReason"]);
        Assert.Equal(Queue, dead.MessageAnnotations[new Symbol("x-opt-deadletter-source")]);
    }

    [Fact]
    public async Task A_rejected_message_is_dead_lettered_with_its_reason()
    {
        await using var client = await RawClient.ConnectAsync(_bus);
        await client.SendAsync(Queue, Text("bad"));
        var link = client.Receiver(Queue);
        link.SetCredit(1, CreditMode.Manual);
        var message = await link.ReceiveAsync(TimeSpan.FromSeconds(30));
        link.Reject(message, new Error("com.microsoft:dead-letter")
        {
            Info = new Fields
            {
                [new Symbol("DeadLetterReason")] = "corrupt",
                [new Symbol("DeadLetterErrorDescription")] = "cannot be decoded",
            },
        });

        var dead = await client.ReceiveAsync(DeadLetters);

        Assert.Equal("corrupt", dead.ApplicationProperties["DeadLetterReason"]);
        Assert.Equal("cannot be decoded", dead.ApplicationProperties["DeadLetterErrorDescription"]);
    }

    [Fact]
    public async Task The_same_id_within_the_window_is_accepted_and_dropped()
    {
        await using var client = await RawClient.ConnectAsync(_bus);
        await client.SendAsync(Queue, Text("once", id: "same"));
        await client.SendAsync(Queue, Text("twice", id: "same"));
        await client.SendAsync(QueueNames.Generation, Text("elsewhere", id: "same"));

        Assert.Equal(1, await _bus.ReadAsync<long>($"SELECT count(*) FROM messages WHERE queue = '{Queue}'"));
        Assert.Equal(1, await _bus.ReadAsync<long>($"SELECT count(*) FROM messages WHERE queue = '{QueueNames.Generation}'"));
        Assert.Equal("once", Text(await client.ReceiveAsync(Queue)));
    }

    [Fact]
    public async Task A_scheduled_message_comes_when_it_is_due()
    {
        // Whole milliseconds, which is what the protocol carries.
        var clock = new FakeTimeProvider(DateTimeOffset.FromUnixTimeMilliseconds(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds()));
        await using var bus = await TestBus.CreateAsync(time: clock);
        await using var client = await RawClient.ConnectAsync(bus);
        var due = clock.GetUtcNow().UtcDateTime.AddHours(1);
        var later = Text("later");
        later.MessageAnnotations = new MessageAnnotations { [new Symbol("x-opt-scheduled-enqueue-time")] = due };
        await client.SendAsync(Queue, later);
        await client.SendAsync(Queue, Text("now"));

        var link = client.Receiver(Queue);
        link.SetCredit(1, CreditMode.Manual);
        var first = await link.ReceiveAsync(TimeSpan.FromSeconds(60));
        Assert.Equal("now", Text(first));
        link.Accept(first);
        await Poll.UntilAsync(async () => await bus.CountAsync() == 1);
        Assert.Equal(new DateTimeOffset(due).ToUnixTimeMilliseconds(), await bus.ReadAsync<long>(
            "SELECT scheduled_at FROM messages WHERE scheduled_at IS NOT NULL"));
        clock.Advance(TimeSpan.FromMinutes(58));
        var scheduled = await clock.UntilAsync(client.ReceiveAsync(Queue));

        Assert.Equal("later", Text(scheduled));
        Assert.True((DateTime)scheduled.MessageAnnotations[new Symbol("x-opt-enqueued-time")] >= due);
    }

    [Fact]
    public async Task A_message_that_outlives_its_time_is_dead_lettered()
    {
        await using var client = await RawClient.ConnectAsync(_bus);
        var message = Text("brief");
        message.Header = new Header { Ttl = 100 };
        await client.SendAsync(Queue, message);

        Assert.Equal("TTLExpiredException", (await client.ReceiveAsync(DeadLetters)).ApplicationProperties["DeadLetterReason"]);
    }

    private static Message Text(string text, string? id = null) => new()
    {
        Properties = new Properties { MessageId = id, Subject = "label" },
        ApplicationProperties = new ApplicationProperties { ["key"] = "value" },
        BodySection = new Data { Binary = Encoding.UTF8.GetBytes(text) },
    };

    private static string Text(Message message) => Encoding.UTF8.GetString((byte[])message.Body);
}
