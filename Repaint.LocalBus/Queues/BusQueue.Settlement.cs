using Repaint.LocalBus.Storage;

namespace Repaint.LocalBus.Queues;

// What becomes of messages under lock.
internal sealed partial class BusQueue
{
    /// <summary>Decides about a locked message; <paramref name="done"/> runs once that is written.</summary>
    public void Settle(Guid token, Settlement settlement, Action<SettlementResult> done) => Settle([token], settlement, done);

    /// <summary>Decides about locked messages, about all or, when the lock of one is lost, none.</summary>
    public void Settle(IReadOnlyCollection<Guid> tokens, Settlement settlement, Action<SettlementResult> done)
    {
        IReadOnlyList<MessageLock>? held;
        lock (_gate)
        {
            held = _held.TakeDecision(tokens);
        }

        if (held is null)
        {
            done(SettlementResult.LockLost);
        }
        else
        {
            Write(held, settlement, done);
        }
    }

    /// <summary>Renews a lock; null when it is lost.</summary>
    public DateTimeOffset? Renew(Guid token)
    {
        lock (_gate)
        {
            return _held.Renew(token);
        }
    }

    /// <summary>Gives back what was locked for too long.</summary>
    public void ExpireLocks()
    {
        IReadOnlyList<MessageLock> expired;
        lock (_gate)
        {
            expired = _held.TakeExpired();
        }

        foreach (var held in expired)
        {
            Log.LockExpired(_logger, Address, held.Sequence);
            Write([held], new Settlement.Abandon(), static _ => { });
        }
    }

    private void Write(IReadOnlyList<MessageLock> held, Settlement settlement, Action<SettlementResult> done) => _store.Write(
        writer =>
        {
            BusQueue?[] returned = [.. held.Select(one => Apply(writer, one.Sequence, settlement))];
            return () =>
            {
                lock (_gate)
                {
                    foreach (var one in held)
                    {
                        _held.Free(one);
                    }
                }

                foreach (var (one, queue) in held.Zip(returned))
                {
                    queue?.Return(one.Sequence);
                }

                done(SettlementResult.Settled);
            };
        },
        _ =>
        {
            // Not written, so still locked; the lock's end gives it back.
            lock (_gate)
            {
                foreach (var one in held)
                {
                    one.Settling = false;
                }
            }

            done(SettlementResult.Failed);
        });

    /// <summary>Makes the change; answers the queue on which the message waits afterwards.</summary>
    private BusQueue? Apply(StoreWriter writer, long sequence, Settlement settlement)
    {
        if (settlement.Rewrite is { } change)
        {
            writer.Rewrite(sequence, change);
        }

        switch (settlement)
        {
            case Settlement.Abandon:
                if (writer.CountDelivery(sequence) is not { } count)
                {
                    return null;
                }

                if (_deadLetters is null || count < _definition.MaxDeliveryCount)
                {
                    // What was set aside and then received by its number is set aside again.
                    return writer.IsDeferred(sequence) ? null : this;
                }

                writer.DeadLetter(
                    sequence, _deadLetters.Address, "MaxDeliveryCountExceeded",
                    $"Message could not be consumed after {_definition.MaxDeliveryCount} delivery attempts.");
                return _deadLetters;
            case Settlement.DeadLetter deadLetter when _deadLetters is not null:
                writer.DeadLetter(sequence, _deadLetters.Address, deadLetter.Reason, deadLetter.Description);
                return _deadLetters;
            case Settlement.Defer:
                writer.Defer(sequence);
                return null;
            case Settlement.Complete:
                writer.Delete(sequence);
                return null;
            default:
                throw new NotSupportedException("A dead letter cannot be dead-lettered again.");
        }
    }
}
