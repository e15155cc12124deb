using Amqp;
using Amqp.Listener;

namespace Repaint.LocalBus.Amqp;

/// <summary>Answers requests: <c>$cbs</c>, and each queue's <c>$management</c>.</summary>
internal interface IRequestNode
{
    void Answer(ListenerConnection connection, Message request, Action<Message> reply);
}
