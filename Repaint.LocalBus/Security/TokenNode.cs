using Amqp;
using Amqp.Framing;
using Amqp.Listener;
using Repaint.LocalBus.Amqp;

namespace Repaint.LocalBus.Security;

/// <summary>
/// <c>$cbs</c>: takes shared access signatures. Source: AMQP Claims-based Security 1.0 working draft 05, as Service Bus
/// speaks it.
/// </summary>
internal sealed class TokenNode(SharedKey key, ConnectionClaims claims) : IRequestNode
{
    public void Answer(ListenerConnection connection, Message request, Action<Message> reply)
    {
        var properties = request.ApplicationProperties?.Map;
        var audience = properties?["name"] as string;
        if (properties?["operation"] as string != "put-token" || audience is null)
        {
            reply(Status(400, "Only put-token with a name is understood."));
        }
        else if (!key.TryValidate(request.Body as string, out var resource) || !resource.Covers(SignedResource.PathOf(audience)))
        {
            reply(Status(401, "InvalidSignature: the token is not valid for this resource."));
        }
        else
        {
            claims.Add(connection, audience, resource.ExpiresAt);
            reply(Status(202, "Accepted"));
        }
    }

    // $cbs and $management spell the two properties differently.
    private static Message Status(int code, string description) => new()
    {
        ApplicationProperties = new ApplicationProperties { ["status-code"] = code, ["status-description"] = description },
    };
}
