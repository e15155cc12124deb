namespace Repaint.LocalBus.Queues;

// The other half: one loop that hands what waits to whoever has credit.
internal sealed partial class BusQueue
{
    private async Task PumpAsync()
    {
        try
        {
            while (await _wake.Reader.WaitToReadAsync(_stopping.Token))
            {
                _wake.Reader.TryRead(out _);
                TryDeliver();
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private void TryDeliver()
    {
        try
        {
            while (!_stopping.IsCancellationRequested && TakeDeliveries() is { Count: > 0 } deliveries)
            {
                deliveries.ForEach(Deliver);
            }
        }
        catch (Exception exception)
        {
            // What was taken and not sent comes back when its lock expires; the next wake-up goes on.
            Log.DeliveryFailed(_logger, Address, exception);
        }
    }

    private List<(IConsumer Consumer, MessageLock Held)> TakeDeliveries()
    {
        var deliveries = new List<(IConsumer, MessageLock)>();
        IReadOnlyList<IConsumer> drained = [];
        lock (_gate)
        {
            while (deliveries.Count < Batch && _consumers.TakeNext() is { } consumer)
            {
                if (TakeWaiting() is not { } sequence)
                {
                    consumer.ReturnCredit();
                    drained = _consumers.All();
                    break;
                }

                deliveries.Add((consumer, _held.Hold(sequence)));
            }
        }

        if (deliveries.Count == 0)
        {
            foreach (var consumer in drained)
            {
                consumer.Drained();
            }
        }

        return deliveries;
    }

    private long? TakeWaiting()
    {
        while (_waiting.Take(_reader) is { } sequence)
        {
            // What is being taken out because it has expired is still in the store, where a load may find it.
            if (!_held.Contains(sequence))
            {
                return sequence;
            }
        }

        return null;
    }

    private void Deliver((IConsumer Consumer, MessageLock Held) delivery)
    {
        var (consumer, held) = delivery;
        if (_reader.Find(held.Sequence) is not { } message)
        {
            lock (_gate)
            {
                _held.Free(held);
            }

            consumer.ReturnCredit();
        }
        else if (!consumer.Send(message, held.Token, held.Until))
        {
            lock (_gate)
            {
                _held.Free(held);
            }

            Return(held.Sequence);
        }
        else if (consumer.Settled)
        {
            Settle(held.Token, new Settlement.Complete(), static _ => { });
        }
    }
}
