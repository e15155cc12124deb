using System.Threading.Channels;
using Repaint.LocalBus.Storage;

namespace Repaint.LocalBus.Queues;

/// <summary>One queue, or one dead-letter queue: who waits, what waits, and what is locked.</summary>
internal sealed partial class BusQueue : IAsyncDisposable
{
    private const int Window = 1000;
    private const int Batch = 64;

    private readonly Lock _gate = new();
    private readonly Consumers _consumers = new();
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource _stopping = new();
    private readonly WaitingMessages _waiting;
    private readonly HeldMessages _held;
    private readonly QueueDefinition _definition;
    private readonly BusQueue? _deadLetters;
    private readonly MessageStore _store;
    private readonly StoreReader _reader;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Task _pump;

    public BusQueue(QueueDefinition definition, BusQueue? deadLetters, MessageStore store, TimeProvider time, ILogger logger)
    {
        _definition = definition;
        _deadLetters = deadLetters;
        Address = deadLetters is null ? definition.DeadLetterAddress : definition.Name;
        _waiting = new WaitingMessages(Address, Window);
        _held = new HeldMessages(definition.LockDuration, time);
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
            held = _held.TakeDecision(token);
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
            Write(held, new Settlement.Abandon(), static _ => { });
        }
    }

    /// <summary>Takes out what has outlived its time; what is locked may still be settled.</summary>
    public void ExpireMessages(StoreReader reader)
    {
        foreach (var sequence in reader.Expired(Address, _time.GetUtcNow(), Window))
        {
            MessageLock held;
            lock (_gate)
            {
                if (_held.Contains(sequence))
                {
                    continue;
                }

                _waiting.Remove(sequence);
                held = _held.Hold(sequence);
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
            if (!_held.Contains(sequence))
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
                    _held.Free(held);
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

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "{Queue}: the lock of message {Sequence} expired")]
        public static partial void LockExpired(ILogger logger, string queue, long sequence);

        [LoggerMessage(2, LogLevel.Error, "{Queue}: messages could not be delivered")]
        public static partial void DeliveryFailed(ILogger logger, string queue, Exception exception);
    }
}
