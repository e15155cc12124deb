using Amqp;
using Amqp.Framing;
using Amqp.Listener;
using Amqp.Types;
using Repaint.LocalBus.Queues;
using Repaint.LocalBus.Storage;

namespace Repaint.LocalBus.Amqp;

/// <summary>A client receives on it.</summary>
internal sealed class OutgoingLink(ListenerLink link, BusQueue queue, WatchedLinks watched) : LinkEndpoint, IConsumer
{
    private readonly Lock _gate = new();
    private volatile bool _closed;
    private uint _limit;
    private uint _taken;

    public bool Settled => link.SettleOnSend;

    private bool IsGoing => _closed || link.IsClosed || link.Session.IsClosed || link.Session.Connection.IsClosed;

    public override void OnFlow(FlowContext flowContext)
    {
        uint limit;
        lock (_gate)
        {
            limit = _limit += (uint)flowContext.Messages;
        }

        // Not under our lock: a closing link holds the library's while it waits for the queue's. Flows come one at a
        // time, and sending leaves the limit as it is.
        if (flowContext.Messages <= 0)
        {
            LibraryInternals.SetLimit(link, limit);
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
            watched.Moved(link);
            link.SendMessage(LockedMessage.Of(message, lockToken, lockedUntil, queue.IsDeadLetterQueue ? queue.Source : null));
            return true;
        }
        catch (Exception)
        {
            // Whatever a link throws while it goes, the message has not been sent, and the queue must go on.
            return false;
        }
    }

    public void Drained()
    {
        uint limit;
        lock (_gate)
        {
            if (_closed || !link.IsDraining)
            {
                return;
            }

            limit = _taken = _limit;
        }

        LibraryInternals.CompleteDrain(link, limit);
        lock (_gate)
        {
            limit = _limit;
        }

        // A flow that came in between has raised it.
        LibraryInternals.SetLimit(link, limit);
    }

    public override void OnDisposition(DispositionContext dispositionContext)
    {
        // What goes reports its unsettled deliveries itself: a link as released, a session or connection as rejected with
        // its own error. Neither is the receiver's word: Service Bus keeps the lock until it expires.
        if (IsGoing || dispositionContext.Message is not LockedMessage message)
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
            Text(error.Info, "DeadLetterReason") ?? error.Condition, Text(error.Info, "DeadLetterErrorDescription") ?? error.Description)
        {
            Rewrite = PropertyChange.Of(error.Info),
        },
        Rejected => new Settlement.DeadLetter(null, null),
        Modified { UndeliverableHere: true } modified => new Settlement.Defer { Rewrite = PropertyChange.Of(modified.MessageAnnotations) },
        Modified modified => new Settlement.Abandon { Rewrite = PropertyChange.Of(modified.MessageAnnotations) },
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
