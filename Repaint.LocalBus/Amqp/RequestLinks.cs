using System.Collections.Concurrent;
using Amqp;
using Amqp.Framing;
using Amqp.Listener;
using AmqpContext = Amqp.Listener.MessageContext;

namespace Repaint.LocalBus.Amqp;

/// <summary>Pairs a client's request link with its reply link, by connection and reply address.</summary>
internal sealed class RequestLinks
{
    private const int Credit = 100;

    private readonly ConcurrentDictionary<(Connection Connection, string Address), ListenerLink> _replies = new();

    public void Attach(AttachContext context, IRequestNode node)
    {
        var link = context.Link;
        if (link.Role)
        {
            context.Complete(new RequestEndpoint(this, node), Credit);
            return;
        }

        var key = (link.Session.Connection, (context.Attach.Target as Target)?.Address ?? link.Name);
        _replies[key] = link;
        context.Complete(new ReplyEndpoint(() => _replies.TryRemove(KeyValuePair.Create(key, link))), initialCredit: 0);
    }

    private void Reply(ListenerLink requestLink, Message request, Message response)
    {
        var connection = requestLink.Session.Connection;
        if (request.Properties?.ReplyTo is { } address && _replies.TryGetValue((connection, address), out var link))
        {
            response.Properties = new Properties();
            response.Properties.SetCorrelationId(request.Properties.GetMessageId());
            link.SendMessage(response);
        }
    }

    private sealed class RequestEndpoint(RequestLinks links, IRequestNode node) : LinkEndpoint
    {
        public override void OnMessage(AmqpContext messageContext)
        {
            var link = messageContext.Link;
            var request = messageContext.Message;
            link.DisposeMessage(request, new Accepted(), settled: true);
            node.Answer((ListenerConnection)link.Session.Connection, request, response => links.Reply(link, request, response));
        }

        public override void OnFlow(FlowContext flowContext)
        {
        }

        public override void OnDisposition(DispositionContext dispositionContext)
        {
        }
    }

    private sealed class ReplyEndpoint(Action closed) : LinkEndpoint
    {
        public override void OnFlow(FlowContext flowContext)
        {
        }

        public override void OnDisposition(DispositionContext dispositionContext)
        {
            if (!dispositionContext.Settled)
            {
                dispositionContext.Link.DisposeMessage(dispositionContext.Message, new Accepted(), settled: true);
            }
        }

        public override void OnLinkClosed(ListenerLink link, Error error) => closed();
    }
}
