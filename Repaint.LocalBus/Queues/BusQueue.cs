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
    /// Stores messages, all or none; <paramref name="done"/> runs once they are safe, with their sequence numbers, null
    /// for a duplicate.
    /// </summary>
    public void Enqueue(IReadOnlyList<NewMessage> messages, Action<IReadOnlyList<long?>> done, Action<Exception> failed) => _store.Write(
        writer =>
        {
            var now = _time.GetUtcNow();
            long?[] sequences = [.. messages.Select(message => Insert(writer, message, now))];
            return () =>
            {
                lock (_gate)
                {
                    foreach (var (message, sequence) in messages.Zip(sequences))
                    {
                        if (sequence is { } stored && IsReady(message, now))
                        {
                            _waiting.AddNew(stored);
                        }
                    }
                }

                Wake();
                done(sequences);
            };
        },
        failed);

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
                [held],
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

    /// <summary>Answers the sequence number; null for a duplicate, which is dropped.</summary>
    private long? Insert(StoreWriter writer, NewMessage message, DateTimeOffset now)
    {
        if (_definition.DuplicateWindow is { } window && !writer.Remember(Address, message.MessageId, now, now + window))
        {
            return null;
        }

        var scheduledAt = IsReady(message, now) ? null : message.ScheduledAt;
        return writer.Insert(
            Address, message.Encoded, now, scheduledAt, (scheduledAt ?? now) + Shorter(message.TimeToLive, _definition.DefaultTimeToLive));
    }

    private static bool IsReady(NewMessage message, DateTimeOffset now) => message.ScheduledAt is null || message.ScheduledAt <= now;

    private static TimeSpan? Shorter(TimeSpan? one, TimeSpan? other) => one < other ? one : other ?? one;

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "{Queue}: the lock of message {Sequence} expired")]
        public static partial void LockExpired(ILogger logger, string queue, long sequence);

        [LoggerMessage(2, LogLevel.Error, "{Queue}: messages could not be delivered")]
        public static partial void DeliveryFailed(ILogger logger, string queue, Exception exception);
    }
}
