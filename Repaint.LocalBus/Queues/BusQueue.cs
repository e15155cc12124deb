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
    private readonly Lock _browsing = new();
    private readonly StoreReader _browser;
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
        _browser = store.OpenReader();
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

    /// <summary>
    /// Stores a message; <paramref name="done"/> runs once it is safe, with its sequence number, which is null for a
    /// duplicate, or with what went wrong.
    /// </summary>
    public void Enqueue(
        byte[] message, string messageId, DateTimeOffset? scheduledAt, TimeSpan? timeToLive, Action<long?, Exception?> done) =>
        _store.Write(
            writer =>
            {
                var now = _time.GetUtcNow();
                if (_definition.DuplicateWindow is { } window && !writer.Remember(Address, messageId, now, now + window))
                {
                    return () => done(null, null);
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

                    done(sequence, null);
                };
            },
            exception => done(null, exception));

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
        _browser.Dispose();
        _stopping.Dispose();
    }

    private static TimeSpan? Shorter(TimeSpan? one, TimeSpan? other) => one < other ? one : other ?? one;

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "{Queue}: the lock of message {Sequence} expired")]
        public static partial void LockExpired(ILogger logger, string queue, long sequence);

        [LoggerMessage(2, LogLevel.Error, "{Queue}: messages could not be delivered")]
        public static partial void DeliveryFailed(ILogger logger, string queue, Exception exception);
    }
}
