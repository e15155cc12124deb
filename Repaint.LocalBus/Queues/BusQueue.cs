using System.Threading.Channels;
using Repaint.LocalBus.Storage;

namespace Repaint.LocalBus.Queues;

/// <summary>One queue, or one dead-letter queue: who waits, what waits, and what is locked.</summary>
internal sealed partial class BusQueue : IAsyncDisposable
{
    private const int Window = 1000;
    private const int Batch = 64;

    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, MessageLock> _locks = [];
    private readonly HashSet<long> _locked = [];
    private readonly List<IConsumer> _consumers = [];
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource _stopping = new();
    private readonly WaitingMessages _waiting;
    private readonly QueueDefinition _definition;
    private readonly BusQueue? _deadLetters;
    private readonly MessageStore _store;
    private readonly StoreReader _reader;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Task _pump;
    private uint _nextConsumer;

    public BusQueue(QueueDefinition definition, BusQueue? deadLetters, MessageStore store, TimeProvider time, ILogger logger)
    {
        _definition = definition;
        _deadLetters = deadLetters;
        Address = deadLetters is null ? definition.DeadLetterAddress : definition.Name;
        _waiting = new WaitingMessages(Address, Window);
        _store = store;
        _reader = store.OpenReader();
        _time = time;
        _logger = logger;
        _pump = Task.Run(PumpAsync);
    }

    public string Address { get; }

    public bool IsDeadLetterQueue => _deadLetters is null;

    /// <summary>Name of the queue whose dead letters these are.</summary>
    public string Source => _definition.Name;

    public void Attach(IConsumer consumer)
    {
        lock (_gate)
        {
            _consumers.Add(consumer);
        }

        Wake();
    }

    /// <summary>The receiver is gone. What it holds stays locked until the locks expire, as in Service Bus.</summary>
    public void Detach(IConsumer consumer)
    {
        lock (_gate)
        {
            _consumers.Remove(consumer);
        }
    }

    public void Wake() => _wake.Writer.TryWrite(true);

    /// <summary>Stores a message; <paramref name="done"/> runs once it is safe, with null, or with what went wrong.</summary>
    public void Enqueue(byte[] message, string messageId, DateTimeOffset? scheduledAt, TimeSpan? timeToLive, Action<Exception?> done) =>
        _store.Write(
            writer =>
            {
                var now = _time.GetUtcNow();
                if (_definition.DuplicateWindow is { } window && !writer.Remember(Address, messageId, now, now + window))
                {
                    return () => done(null);
                }

                var ready = scheduledAt is null || scheduledAt <= now;
                var lifetime = Shorter(timeToLive, _definition.DefaultTimeToLive);
                var sequence = writer.Insert(
                    Address, message, now, ready ? null : scheduledAt, lifetime is { } life ? (ready ? now : scheduledAt) + life : null);
                return () =>
                {
                    if (ready)
                    {
                        lock (_gate)
                        {
                            _waiting.AddNew(sequence);
                        }

                        Wake();
                    }

                    done(null);
                };
            },
            done);

    /// <summary>Decides about a locked message; <paramref name="done"/> runs once that is written.</summary>
    public void Settle(Guid token, Settlement settlement, Action<SettlementResult> done)
    {
        MessageLock? held;
        lock (_gate)
        {
            if (!_locks.TryGetValue(token, out held) || held.Settling || held.Until <= _time.GetUtcNow())
            {
                held = null;
            }
            else
            {
                held.Settling = true;
            }
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
            var now = _time.GetUtcNow();
            return _locks.TryGetValue(token, out var held) && !held.Settling && held.Until > now
                ? held.Until = now + _definition.LockDuration
                : null;
        }
    }

    /// <summary>Gives back what was locked for too long, and takes out what has outlived its time.</summary>
    public void Expire()
    {
        var now = _time.GetUtcNow();
        List<MessageLock> expired;
        lock (_gate)
        {
            expired = [.. _locks.Values.Where(held => !held.Settling && held.Until <= now)];
            expired.ForEach(held => held.Settling = true);
        }

        foreach (var held in expired)
        {
            Log.LockExpired(_logger, Address, held.Sequence);
            Write(held, new Settlement.Abandon(), static _ => { });
        }
    }

    public void ExpireMessages(StoreReader reader)
    {
        foreach (var sequence in reader.Expired(Address, _time.GetUtcNow(), Window))
        {
            MessageLock held;
            lock (_gate)
            {
                if (_locked.Contains(sequence))
                {
                    continue;
                }

                _waiting.Remove(sequence);
                held = Hold(sequence);
                held.Settling = true;
            }

            Write(
                held,
                _definition.DeadLetterOnExpiry && !IsDeadLetterQueue
                    ? new Settlement.DeadLetter("TTLExpiredException", "The message expired and was dead lettered.")
                    : new Settlement.Complete(),
                static _ => { });
        }
    }

    /// <summary>A message that was not waiting is now.</summary>
    public void Return(long sequence)
    {
        lock (_gate)
        {
            if (!_locked.Contains(sequence))
            {
                _waiting.Add(sequence);
            }
        }

        Wake();
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _pump;
        _reader.Dispose();
        _stopping.Dispose();
    }

    private static TimeSpan? Shorter(TimeSpan? one, TimeSpan? other) => one < other ? one : other ?? one;

    private void Write(MessageLock held, Settlement settlement, Action<SettlementResult> done) => _store.Write(
        writer =>
        {
            var returned = Apply(writer, held.Sequence, settlement);
            return () =>
            {
                lock (_gate)
                {
                    Free(held);
                }

                returned?.Return(held.Sequence);
                done(SettlementResult.Settled);
            };
        },
        exception =>
        {
            // Not written, so still locked; the lock's end gives it back.
            lock (_gate)
            {
                held.Settling = false;
            }

            done(SettlementResult.Failed);
        });

    /// <summary>Makes the change; answers the queue on which the message waits afterwards.</summary>
    private BusQueue? Apply(StoreWriter writer, long sequence, Settlement settlement)
    {
        switch (settlement)
        {
            case Settlement.Abandon:
                if (writer.CountDelivery(sequence) is not { } count)
                {
                    return null;
                }

                if (_deadLetters is null || count < _definition.MaxDeliveryCount)
                {
                    return this;
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
        IConsumer[] drained = [];
        lock (_gate)
        {
            while (deliveries.Count < Batch && TakeConsumer() is { } consumer)
            {
                if (_waiting.Take(_reader) is not { } sequence)
                {
                    consumer.ReturnCredit();
                    drained = [.. _consumers];
                    break;
                }

                deliveries.Add((consumer, Hold(sequence)));
            }
        }

        if (deliveries.Count == 0)
        {
            Array.ForEach(drained, consumer => consumer.Drained());
        }

        return deliveries;
    }

    private IConsumer? TakeConsumer()
    {
        for (var tried = 0; tried < _consumers.Count; tried++)
        {
            var consumer = _consumers[(int)(_nextConsumer++ % (uint)_consumers.Count)];
            if (consumer.TryTakeCredit())
            {
                return consumer;
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
                Free(held);
            }

            consumer.ReturnCredit();
        }
        else if (!consumer.Send(message, held.Token, held.Until))
        {
            lock (_gate)
            {
                Free(held);
            }

            Return(held.Sequence);
        }
        else if (consumer.Settled)
        {
            Settle(held.Token, new Settlement.Complete(), static _ => { });
        }
    }

    private MessageLock Hold(long sequence)
    {
        var now = _time.GetUtcNow();
        var held = new MessageLock(Guid.CreateVersion7(now), sequence, now + _definition.LockDuration);
        _locks.Add(held.Token, held);
        _locked.Add(sequence);
        return held;
    }

    private void Free(MessageLock held)
    {
        _locks.Remove(held.Token);
        _locked.Remove(held.Sequence);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "{Queue}: the lock of message {Sequence} expired")]
        public static partial void LockExpired(ILogger logger, string queue, long sequence);

        [LoggerMessage(2, LogLevel.Error, "{Queue}: messages could not be delivered")]
        public static partial void DeliveryFailed(ILogger logger, string queue, Exception exception);
    }
}
