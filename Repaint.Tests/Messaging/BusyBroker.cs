using Amqp;
using Amqp.Framing;
using Amqp.Listener;
using Amqp.Types;
using Repaint.Contracts;
using Repaint.Tests.Infrastructure;

namespace Repaint.Tests.Messaging;

/// <summary>A broker that has too much to do for the first few messages, as Service Bus says it.</summary>
internal sealed class BusyBroker : IRequestProcessor, IMessageProcessor, IAsyncDisposable
{
    private readonly ContainerHost _host;
    private readonly int _refusals;
    private int _attempts;

    public BusyBroker(int refusals)
    {
        _refusals = refusals;
        _host = new ContainerHost([new Address($"amqp://127.0.0.1:{Port}")]);
        _host.Listeners[0].SASL.EnableAnonymousMechanism = true;
        _host.RegisterRequestProcessor("$cbs", this);
        _host.RegisterMessageProcessor(QueueNames.Clustering, this);
        _host.Open();
    }

    public int Port { get; } = FreePort.Next();

    public string ConnectionString => $"Endpoint=sb://127.0.0.1:{Port};SharedAccessKeyName=any;SharedAccessKey=any;UseDevelopmentEmulator=true";

    public int Attempts => Volatile.Read(ref _attempts);

    public int Credit => 100;

    void IRequestProcessor.Process(RequestContext requestContext) => requestContext.Complete(new Message
    {
        ApplicationProperties = new ApplicationProperties { ["status-code"] = 202, ["status-description"] = "Accepted" },
    });

    void IMessageProcessor.Process(MessageContext messageContext)
    {
        if (Interlocked.Increment(ref _attempts) <= _refusals)
        {
            messageContext.Complete(new Error(new Symbol("com.microsoft:server-busy")) { Description = "Wait ten seconds." });
        }
        else
        {
            messageContext.Complete();
        }
    }

    public ValueTask DisposeAsync()
    {
        _host.Close();
        return ValueTask.CompletedTask;
    }
}
