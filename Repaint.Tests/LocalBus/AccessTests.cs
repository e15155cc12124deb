using Amqp;
using Amqp.Framing;
using Amqp.Sasl;
using Amqp.Transactions;
using Amqp.Types;
using Repaint.Contracts;
using Repaint.Messaging;
using Repaint.Messaging.Connections;
using Repaint.Tests.Infrastructure;
using Repaint.Tests.Messaging;

namespace Repaint.Tests.LocalBus;

public sealed class AccessTests : IAsyncLifetime
{
    private TestBus _bus = null!;

    public async ValueTask InitializeAsync() => _bus = await TestBus.CreateAsync();

    public ValueTask DisposeAsync() => _bus.DisposeAsync();

    [Fact]
    public async Task A_token_signed_with_another_key_is_refused()
    {
        await using var service = await TestService.StartAsync(_bus.ConnectionStringWith("not-the-key-of-this-bus"));

        var exception = await Assert.ThrowsAsync<MessagingException>(
            () => service.Sender.SendAsync(Inbox.Message(), TestContext.Current.CancellationToken));

        Assert.Equal("amqp:unauthorized-access", exception.Condition);
        Assert.Equal(0, await _bus.CountAsync());
    }

    [Fact]
    public async Task Sasl_plain_with_another_key_is_refused() =>
        await Assert.ThrowsAsync<AmqpException>(() => RawClient.ConnectAsync(_bus, key: "not-the-key-of-this-bus"));

    [Fact]
    public async Task Without_a_token_no_link_is_attached()
    {
        await using var client = await RawClient.ConnectAsync(_bus, profile: SaslProfile.Anonymous);

        var exception = await Assert.ThrowsAsync<AmqpException>(() => client.SendAsync(QueueNames.Clustering, new Message("uninvited")));

        Assert.Equal("amqp:unauthorized-access", (string)exception.Error.Condition);
    }

    [Fact]
    public async Task A_queue_that_does_not_exist_is_not_found()
    {
        await using var client = await RawClient.ConnectAsync(_bus);

        var exception = await Assert.ThrowsAsync<AmqpException>(() => client.SendAsync("no-such-queue", new Message("nowhere")));

        Assert.Equal(ErrorCode.NotFound, (string)exception.Error.Condition);
    }

    [Fact]
    public async Task Transactions_filters_and_unknown_operations_are_said_to_be_missing()
    {
        await using var client = await RawClient.ConnectAsync(_bus);
        var coordinator = new SenderLink(client.Session, "transactions", new Attach { Target = new Coordinator(), Source = new Source() }, null);
        var filtered = new ReceiverLink(
            client.Session,
            "filtered",
            new Source { Address = QueueNames.Clustering, FilterSet = new Map { [new Symbol("com.microsoft:session-filter")] = "session" } },
            null);
        var management = await RequestLink.OpenAsync(
            client.Session, "clustering/$management", TimeProvider.System, TestContext.Current.CancellationToken);

        var answer = await management.RequestAsync(
            new Message { ApplicationProperties = new ApplicationProperties { ["operation"] = "com.microsoft:add-rule" } },
            TestContext.Current.CancellationToken);

        Assert.Equal(ErrorCode.NotImplemented, answer.ApplicationProperties["errorCondition"].ToString());
        foreach (var link in (Link[])[coordinator, filtered])
        {
            await Poll.UntilAsync(() => Task.FromResult(link.IsClosed));
            Assert.Equal(ErrorCode.NotImplemented, link.Error.Condition.ToString());
        }
    }

    [Fact]
    public async Task Nothing_can_be_sent_to_a_dead_letter_queue()
    {
        await using var client = await RawClient.ConnectAsync(_bus);

        await Assert.ThrowsAsync<AmqpException>(() => client.SendAsync("clustering/$deadletterqueue", new Message("dead")));
    }
}
