using Amqp;
using Amqp.Types;
using Repaint.LocalBus.Queues;

namespace Repaint.LocalBus.Amqp;

/// <summary>Renewing locks, and settling by lock token.</summary>
internal sealed class ManagedLocks(BusQueue queue)
{
    public void Renew(Map body, Action<Message> reply)
    {
        var renewed = LockTokens(body).Select(queue.Renew).ToArray();
        reply(renewed.Any(until => until is null)
            ? ManagementReply.Status(410, Errors.LockLost, "The lock has expired.")
            : ManagementReply.Ok(new Map { ["expirations"] = renewed.Select(until => until!.Value.UtcDateTime).ToArray() }));
    }

    public void Settle(Map body, Action<Message> reply)
    {
        var tokens = LockTokens(body);
        if (Settlement(body) is not { } settlement || tokens.Length == 0)
        {
            reply(ManagementReply.Invalid("disposition-status or lock-tokens is not understood."));
            return;
        }

        queue.Settle(tokens, settlement, result => reply(result switch
        {
            SettlementResult.Settled => ManagementReply.Ok([]),
            SettlementResult.LockLost => ManagementReply.Status(410, Errors.LockLost, "The lock has expired."),
            _ => ManagementReply.NotStored(),
        }));
    }

    private Settlement? Settlement(Map body)
    {
        var rewrite = PropertyChange.Of(body["properties-to-modify"] as Map);
        return (body["disposition-status"] as string) switch
        {
            "completed" => new Settlement.Complete(),
            "abandoned" => new Settlement.Abandon { Rewrite = rewrite },
            // The protocol's own spelling.
            "defered" => new Settlement.Defer { Rewrite = rewrite },
            "suspended" when !queue.IsDeadLetterQueue =>
                new Settlement.DeadLetter(body["deadletter-reason"] as string, body["deadletter-description"] as string) { Rewrite = rewrite },
            _ => null,
        };
    }

    private static Guid[] LockTokens(Map body) => body["lock-tokens"] switch
    {
        Guid[] tokens => tokens,
        IEnumerable<object> tokens => [.. tokens.OfType<Guid>()],
        _ => [],
    };
}
