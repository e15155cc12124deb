using Amqp;
using Amqp.Listener;
using Amqp.Types;
using Repaint.LocalBus.Queues;
using Repaint.LocalBus.Security;

namespace Repaint.LocalBus.Amqp;

/// <summary>
/// A queue's <c>$management</c>. Source: "AMQP 1.0 in Azure Service Bus: request-response-based operations".
/// </summary>
internal sealed class ManagementNode(string path, BusQueue queue, ConnectionClaims claims, TimeProvider time) : IRequestNode
{
    private readonly ManagedLocks _locks = new(queue);
    private readonly ManagedSchedule _schedule = new(queue, time);
    private readonly ManagedBrowsing _browsing = new(queue);

    public void Answer(ListenerConnection connection, Message request, Action<Message> reply)
    {
        // Once more for each request: the token may have expired since the link was attached.
        if (!claims.Allow(connection, path))
        {
            reply(ManagementReply.Status(401, ErrorCode.UnauthorizedAccess, "No valid token for this queue."));
            return;
        }

        try
        {
            Answer(request.ApplicationProperties?.Map["operation"] as string, request.Body as Map ?? [], reply);
        }
        catch (Exception exception) when (exception is AmqpException or InvalidDataException or InvalidCastException)
        {
            reply(ManagementReply.Invalid(exception.Message));
        }
    }

    private void Answer(string? operation, Map body, Action<Message> reply)
    {
        switch (operation)
        {
            case "com.microsoft:renew-lock":
                _locks.Renew(body, reply);
                break;
            case "com.microsoft:update-disposition":
                _locks.Settle(body, reply);
                break;
            case "com.microsoft:schedule-message" when !queue.IsDeadLetterQueue:
                _schedule.Schedule(body, reply);
                break;
            case "com.microsoft:cancel-scheduled-message":
                _schedule.Cancel(body, reply);
                break;
            case "com.microsoft:peek-message":
                _browsing.Peek(body, reply);
                break;
            case "com.microsoft:receive-by-sequence-number":
                _browsing.ReceiveDeferred(body, reply);
                break;
            default:
                reply(ManagementReply.Status(501, ErrorCode.NotImplemented, "This operation is not covered."));
                break;
        }
    }
}
