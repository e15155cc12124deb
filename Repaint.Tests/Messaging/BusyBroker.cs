using System.Collections.Concurrent;
using Amqp;
using Amqp.Framing;
using Amqp.Listener;
using Amqp.Types;
using Repaint.Contracts;
using Repaint.Messaging.Connections;
using Repaint.Tests.Infrastructure;

namespace Repaint.Tests.Messaging;

/// <summary>A broker that has too much to do for the first few messages and receivers, as Service Bus says it.</summary>
internal sealed class BusyBroker : IRequestProcessor, IMessageProcessor, ILinkProcessor, IMessageSource, IAsyncDisposable
{
    /// <summary>A queue to receive from; the other one is for sending.</summary>
    public const string Source = QueueNames.Generation;

    private static readonly Error Busy = new(new Symbol(BusErrors.ServerBusy)) { Description = "Wait ten seconds." };
    private static readonly Error Idle = new(ErrorCode.ConnectionForced) { Description = "Idle for five minutes." };

    private readonly ConcurrentQueue<ShownToken> _tokens = new();
    private readonly ContainerHost _host;
    private readonly int _refusals;
    private int _attempts;
    private int _receivers;

    public BusyBroker(int refusals)
    {
        _refusals = refusals;
        _host = new ContainerHost([new Address($"amqp://127.0.0.1:{Port}")]);
        _host.Listeners[0].SASL.EnableAnonymousMechanism = true;
        _host.RegisterRequestProcessor("$cbs", this);
        _host.RegisterMessageProcessor(QueueNames.Clustering, this);
        _host.RegisterLinkProcessor(this);
        _host.Open();
    }

    public int Port { get; } = FreePort.Next();

    /// <summary>What was shown to <c>$cbs</c>, which takes everything.</summary>
    public IReadOnlyList<ShownToken> Tokens => [.. _tokens];

    public string ConnectionString => $"Endpoint=sb://127.0.0.1:{Port};SharedAccessKeyName=any;SharedAccessKey=any;UseDevelopmentEmulator=true";

    public int Attempts => Volatile.Read(ref _attempts);

    /// <summary>Receivers that came so far: one is refused, one detached, one's connection closed as idle, the others are served.</summary>
    public int Receivers => Volatile.Read(ref _receivers);

    public int Credit => 100;

    void IRequestProcessor.Process(RequestContext requestContext)
    {
        var request = requestContext.Message;
        _tokens.Enqueue(new ShownToken(
            (string)request.ApplicationProperties["type"], (string)request.ApplicationProperties["name"], (string)request.Body));
        requestContext.Complete(new Message
        {
            ApplicationProperties = new ApplicationProperties { ["status-code"] = 202, ["status-description"] = "Accepted" },
        });
    }

    void IMessageProcessor.Process(MessageContext messageContext)
    {
        if (Interlocked.Increment(ref _attempts) <= _refusals)
        {
            messageContext.Complete(Busy);
        }
        else
        {
            messageContext.Complete();
        }
    }

    /// <summary>There is never anything to receive.</summary>
    Task<ReceiveContext> IMessageSource.GetMessageAsync(ListenerLink link) => new TaskCompletionSource<ReceiveContext>().Task;

    void IMessageSource.DisposeMessage(ReceiveContext receiveContext, DispositionContext dispositionContext) =>
        dispositionContext.Complete();

    void ILinkProcessor.Process(AttachContext attachContext)
    {
        var receiver = Interlocked.Increment(ref _receivers);
        if (receiver == 1)
        {
            attachContext.Complete(Busy);
            return;
        }

        attachContext.Complete(new SourceLinkEndpoint(this, attachContext.Link), 0);
        if (receiver == 2)
        {
            attachContext.Link.Close(TimeSpan.Zero, Busy);
        }
        else if (receiver == 3)
        {
            attachContext.Link.Session.Connection.Close(TimeSpan.Zero, Idle);
        }
    }

    public ValueTask DisposeAsync()
    {
        _host.Close();
        return ValueTask.CompletedTask;
    }

    internal sealed record ShownToken(string Type, string Audience, string Value);
}
