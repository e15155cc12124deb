using Amqp;
using Amqp.Framing;
using Amqp.Listener;
using Amqp.Types;
using Repaint.LocalBus.Queues;
using Repaint.LocalBus.Storage;

namespace Repaint.LocalBus.Amqp;

/// <summary>A client receives on it.</summary>
internal sealed class OutgoingLink(ListenerLink link, BusQueue queue) : LinkEndpoint, IConsumer
{
    private readonly Lock _gate = new();
    private volatile bool _closed;
    private uint _limit;
    private uint _taken;

    public bool Settled => link.SettleOnSend;

    public override void OnFlow(FlowContext flowContext)
    {
        lock (_gate)
        {
            _limit += (uint)flowContext.Messages;
            if (flowContext.Messages <= 0)
            {
                LibraryInternals.SetLimit(link, _limit);
            }
        }

        queue.Wake();
    }

    public bool TryTakeCredit()
    {
        lock (_gate)
        {
            if (_closed || (int)(_limit - _taken) <= 0)
            {
                return false;
            }

            _taken++;
            return true;
        }
    }

    public void ReturnCredit()
    {
        lock (_gate)
        {
            _taken--;
        }
    }

    public bool Send(StoredMessage message, Guid lockToken, DateTimeOffset lockedUntil)
    {
        try
        {
            link.SendMessage(LockedMessage.Of(message, lockToken, lockedUntil, queue.IsDeadLetterQueue ? queue.Source : null));
            return true;
        }
        catch (Exception exception) when (exception is AmqpException or ObjectDisposedException)
        {
            return false;
        }
    }

    public void Drained()
    {
        lock (_gate)
        {
            if (!_closed && link.IsDraining)
            {
                _taken = _limit;
                LibraryInternals.CompleteDrain(link, _limit);
            }
        }
    }

    public override void OnDisposition(DispositionContext dispositionContext)
    {
        // A closing link reports what is unsettled as released; Service Bus keeps it locked until the lock expires.
        if (_closed || dispositionContext.Message is not LockedMessage message)
        {
            return;
        }

        var state = dispositionContext.DeliveryState;
        var settled = dispositionContext.Settled;
        queue.Settle(message.LockToken, Read(state), result =>
        {
            if (!settled)
            {
                link.DisposeMessage(message, Answer(state, result), settled: true);
            }
        });
    }

    public override void OnLinkClosed(ListenerLink link, Error error) => Close();

    public void Close()
    {
        _closed = true;
        queue.Detach(this);
    }

    private static Settlement Read(DeliveryState state) => state switch
    {
        Accepted => new Settlement.Complete(),
        Rejected { Error: { } error } => new Settlement.DeadLetter(
            Text(error.Info, "DeadLetterReason") ?? error.Condition, Text(error.Info, "DeadLetterErrorDescription") ?? error.Description),
        Rejected => new Settlement.DeadLetter(null, null),
        Modified { UndeliverableHere: true } => new Settlement.Defer(),
        _ => new Settlement.Abandon(),
    };

    // Microsoft's clients use strings as keys of the error's info where the specification wants symbols.
    private static string? Text(Fields? info, string key) =>
        info?.FirstOrDefault(field => field.Key?.ToString() == key).Value as string;

    // Not the state as it came: encoding an error info that has string keys throws.
    private static DeliveryState Answer(DeliveryState state, SettlementResult result) => (result, state) switch
    {
        (SettlementResult.LockLost, _) => new Rejected { Error = Errors.Of(Errors.LockLost, "The lock has expired.") },
        (SettlementResult.Failed, _) => new Rejected { Error = Errors.Of(ErrorCode.InternalError, "The outcome could not be stored.") },
        (_, Accepted) => new Accepted(),
        (_, Rejected) => new Rejected(),
        (_, Modified) => new Modified(),
        _ => new Released(),
    };
}
