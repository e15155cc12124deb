using Amqp;
using Amqp.Framing;
using Amqp.Listener;
using Repaint.LocalBus.Queues;
using Repaint.LocalBus.Storage;
using AmqpContext = Amqp.Listener.MessageContext;

namespace Repaint.LocalBus.Amqp;

/// <summary>A client sends on it. A message is accepted once it is on the disk.</summary>
internal sealed class IncomingLink(BusQueue queue, WatchedLinks watched, TimeProvider time) : LinkEndpoint
{
    /// <summary>How many messages a sender may have under way.</summary>
    public const int Credit = 1000;

    public override void OnMessage(AmqpContext messageContext)
    {
        var link = messageContext.Link;
        var message = messageContext.Message;
        watched.Moved(link);
        NewMessage[] incoming;
        try
        {
            incoming = [.. IncomingMessage.Unpack(message, time.GetUtcNow())];
        }
        catch (Exception exception) when (exception is AmqpException or InvalidDataException)
        {
            Reject(link, message, Errors.Of(ErrorCode.DecodeError, exception.Message));
            return;
        }

        queue.Enqueue(
            incoming,
            _ => Answer(link, message, new Accepted()),
            exception => Reject(link, message, exception is StoreFullException
                ? Errors.Of(ErrorCode.ResourceLimitExceeded, exception.Message)
                : Errors.Of(ErrorCode.InternalError, "The message could not be stored.")));
    }

    public override void OnFlow(FlowContext flowContext)
    {
    }

    public override void OnDisposition(DispositionContext dispositionContext)
    {
    }

    private static void Reject(ListenerLink link, Message message, Error error) =>
        Answer(link, message, new Rejected { Error = error });

    private static void Answer(ListenerLink link, Message message, Outcome outcome)
    {
        link.DisposeMessage(message, outcome, settled: true);
        message.Dispose();
    }
}
