using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Options;
using Repaint.LocalBus.Storage;

namespace Repaint.LocalBus.Queues;

/// <summary>Every queue and its dead-letter queue, and the clock that moves them.</summary>
internal sealed partial class QueueSet : IHostedService, IAsyncDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Housekeeping = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, BusQueue> _queues = new(StringComparer.OrdinalIgnoreCase);
    private readonly CancellationTokenSource _stopping = new();
    private readonly MessageStore _store;
    private readonly TimeProvider _time;
    private readonly ILogger<QueueSet> _logger;
    private Task _clock = Task.CompletedTask;

    public QueueSet(IOptions<LocalBusOptions> options, MessageStore store, TimeProvider time, ILogger<QueueSet> logger)
    {
        _store = store;
        _time = time;
        _logger = logger;
        foreach (var definition in QueueDefinition.ReadFile(options.Value.QueuesFile))
        {
            var deadLetters = new BusQueue(definition, deadLetters: null, store, time, logger);
            _queues.Add(deadLetters.Address, deadLetters);
            _queues.Add(definition.Name, new BusQueue(definition, deadLetters, store, time, logger));
        }
    }

    public bool TryGet(string address, [NotNullWhen(true)] out BusQueue? queue) => _queues.TryGetValue(address, out queue);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _clock = Task.Run(RunClockAsync, CancellationToken.None);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await _clock;
    }

    public async ValueTask DisposeAsync()
    {
        // Called twice: as the singleton, and as the hosted service that is the same object.
        foreach (var (address, queue) in _queues)
        {
            _queues.Remove(address);
            await queue.DisposeAsync();
        }

        _stopping.Dispose();
    }

    private async Task RunClockAsync()
    {
        using var reader = _store.OpenReader();
        using var timer = new PeriodicTimer(Tick, _time);
        var housekeeping = DateTimeOffset.MinValue;
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token))
            {
                var due = _time.GetUtcNow() >= housekeeping;
                // What cannot be written now is not tried ten times a second.
                if (due || _store.Trouble is null)
                {
                    foreach (var queue in _queues.Values)
                    {
                        queue.ExpireLocks();
                    }
                }

                if (!due)
                {
                    continue;
                }

                housekeeping = _time.GetUtcNow() + Housekeeping;
                Tidy(reader);
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private void Tidy(StoreReader reader)
    {
        _store.Write(
            writer =>
            {
                var now = _time.GetUtcNow();
                writer.ForgetIds(now);
                if (_store.Trouble is not null)
                {
                    writer.Probe(now);
                }

                var released = writer.ReleaseScheduled(now);
                return () =>
                {
                    foreach (var (address, sequence) in released)
                    {
                        if (TryGet(address, out var queue))
                        {
                            queue.Return(sequence);
                        }
                    }
                };
            },
            exception => Log.TidyFailed(_logger, exception));
        foreach (var queue in _queues.Values)
        {
            queue.ExpireMessages(reader);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Scheduled messages could not be released")]
        public static partial void TidyFailed(ILogger logger, Exception exception);
    }
}
