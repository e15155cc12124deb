using Amqp;
using Amqp.Framing;
using Amqp.Sasl;

namespace Repaint.Tests.Infrastructure;

/// <summary>A plain AMQP client on the local bus, authenticated by SASL PLAIN: none of our own client's code.</summary>
internal sealed class RawClient : IAsyncDisposable
{
    private readonly Connection _connection;
    private int _links;

    private RawClient(Connection connection)
    {
        _connection = connection;
        Session = new Session(connection);
    }

    public Session Session { get; }

    public static async Task<RawClient> ConnectAsync(TestBus bus, string key = TestBus.Key, SaslProfile? profile = null)
    {
        var factory = new ConnectionFactory();
        factory.SASL.Profile = profile;
        var address = profile is null
            ? new Address("127.0.0.1", bus.Port, TestBus.KeyName, key, "/", "AMQP")
            : new Address("127.0.0.1", bus.Port, user: null, password: null, path: "/", scheme: "AMQP");
        return new RawClient(await factory.CreateAsync(address));
    }

    public async Task SendAsync(string queue, Message message)
    {
        var link = new SenderLink(Session, $"raw-{++_links}", queue);
        await link.SendAsync(message);
        await link.CloseAsync();
    }

    /// <summary>Receives one message and leaves it locked.</summary>
    public async Task<Message> ReceiveAsync(string queue)
    {
        var attached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var link = new ReceiverLink(Session, $"raw-{++_links}", new Source { Address = queue }, (_, _) => attached.TrySetResult());
        await attached.Task.WaitAsync(TimeSpan.FromSeconds(60));
        link.SetCredit(1, CreditMode.Manual);
        return await link.ReceiveAsync(TimeSpan.FromSeconds(60));
    }

    public ReceiverLink Receiver(string queue) => new(Session, $"raw-{++_links}", queue);

    public async ValueTask DisposeAsync() => await _connection.CloseAsync();
}
