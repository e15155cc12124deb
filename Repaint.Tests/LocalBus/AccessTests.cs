using Amqp;
using Amqp.Sasl;
using Repaint.Contracts;
using Repaint.Messaging;
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
    public async Task Nothing_can_be_sent_to_a_dead_letter_queue()
    {
        await using var client = await RawClient.ConnectAsync(_bus);

        await Assert.ThrowsAsync<AmqpException>(() => client.SendAsync("clustering/$deadletterqueue", new Message("dead")));
    }
}
