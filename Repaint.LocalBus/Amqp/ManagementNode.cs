using Amqp;
using Amqp.Framing;
using Amqp.Listener;
using Amqp.Types;
using Repaint.LocalBus.Queues;
using Repaint.LocalBus.Security;

namespace Repaint.LocalBus.Amqp;

/// <summary>
/// A queue's <c>$management</c>. Source: "AMQP 1.0 in Azure Service Bus: request-response-based operations".
/// </summary>
internal sealed class ManagementNode(string path, BusQueue queue, ConnectionClaims claims) : IRequestNode
{
    public void Answer(ListenerConnection connection, Message request, Action<Message> reply)
    {
        // Once more for each request: the token may have expired since the link was attached.
        if (!claims.Allow(connection, path))
        {
            reply(Status(401, ErrorCode.UnauthorizedAccess, "No valid token for this queue."));
            return;
        }

        var body = request.Body as Map ?? [];
        switch (request.ApplicationProperties?.Map["operation"] as string)
        {
            case "com.microsoft:renew-lock":
                RenewLocks(LockTokens(body), reply);
                break;
            case "com.microsoft:update-disposition":
                UpdateDisposition(LockTokens(body), body, reply);
                break;
            default:
                reply(Status(501, ErrorCode.NotImplemented, "This operation is not covered."));
                break;
        }
    }

    private void RenewLocks(Guid[] tokens, Action<Message> reply)
    {
        var renewed = tokens.Select(queue.Renew).ToArray();
        if (renewed.Any(until => until is null))
        {
            reply(Status(410, Errors.LockLost, "The lock has expired."));
        }
        else
        {
            reply(Ok(new Map { ["expirations"] = renewed.Select(until => until!.Value.UtcDateTime).ToArray() }));
        }
    }

    private void UpdateDisposition(Guid[] tokens, Map body, Action<Message> reply)
    {
        Settlement? settlement = (body["disposition-status"] as string) switch
        {
            "completed" => new Settlement.Complete(),
            "abandoned" => new Settlement.Abandon(),
            "defered" => new Settlement.Defer(),
            "suspended" when !queue.IsDeadLetterQueue =>
                new Settlement.DeadLetter(body["deadletter-reason"] as string, body["deadletter-description"] as string),
            _ => null,
        };
        if (settlement is null || tokens.Length == 0)
        {
            reply(Status(400, ErrorCode.InvalidField, "disposition-status or lock-tokens is not understood."));
            return;
        }

        var left = tokens.Length;
        var worst = SettlementResult.Settled;
        foreach (var token in tokens)
        {
            queue.Settle(token, settlement, result =>
            {
                worst = result > worst ? result : worst;
                if (Interlocked.Decrement(ref left) == 0)
                {
                    reply(worst switch
                    {
                        SettlementResult.Settled => Ok([]),
                        SettlementResult.LockLost => Status(410, Errors.LockLost, "The lock has expired."),
                        _ => Status(500, ErrorCode.InternalError, "The outcome could not be stored."),
                    });
                }
            });
        }
    }

    private static Guid[] LockTokens(Map body) => body["lock-tokens"] switch
    {
        Guid[] tokens => tokens,
        IEnumerable<object> tokens => [.. tokens.OfType<Guid>()],
        _ => [],
    };

    private static Message Ok(Map body) => new()
    {
        ApplicationProperties = new ApplicationProperties { ["statusCode"] = 200, ["statusDescription"] = "OK" },
        BodySection = new AmqpValue { Value = body },
    };

    private static Message Status(int code, Symbol condition, string description) => new()
    {
        ApplicationProperties = new ApplicationProperties
        {
            ["statusCode"] = code,
            ["statusDescription"] = description,
            ["errorCondition"] = condition,
        },
    };
}
