using System.Collections.Concurrent;
using System.Diagnostics;
using Repaint.Contracts;
using Repaint.Contracts.Messages;
using Repaint.Messaging;

namespace Repaint.Benchmarks.Messaging;

/// <summary>A message of the size that this system's have.</summary>
internal sealed record Ping(string Run, int Number) : IMessage
{
    public static string Subject => "ping";

    public static string Queue => QueueNames.Clustering;

    public string Padding { get; init; } = new('x', 200);

    public int SchemaVersion { get; init; } = IMessage.CurrentSchemaVersion;

    public string MessageId => $"{Run}/{Number}";

    public string OrderingKey => MessageId;
}

/// <summary>When each was sent, and how long it took to its handler.</summary>
internal sealed class Arrivals
{
    private readonly ConcurrentDictionary<int, long> _sent = new();
    private readonly ConcurrentBag<double> _latencies = [];
    private TaskCompletionSource _all = new();
    private int _left;

    public IReadOnlyCollection<double> Milliseconds => _latencies;

    /// <summary>Forgets what was and expects so many; the task ends with the last.</summary>
    public Task Expect(int count)
    {
        _sent.Clear();
        _latencies.Clear();
        _left = count;
        _all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return _all.Task;
    }

    public void Sending(int number) => _sent[number] = Stopwatch.GetTimestamp();

    public void Arrived(int number)
    {
        if (_sent.TryGetValue(number, out var sent))
        {
            _latencies.Add(Stopwatch.GetElapsedTime(sent).TotalMilliseconds);
        }

        if (Interlocked.Decrement(ref _left) == 0)
        {
            _all.TrySetResult();
        }
    }

    internal sealed class Handler(Arrivals arrivals) : IMessageHandler<Ping>
    {
        public Task HandleAsync(Ping message, MessageContext context, CancellationToken cancellation)
        {
            arrivals.Arrived(message.Number);
            return Task.CompletedTask;
        }
    }
}
