using Microsoft.Extensions.Options;

namespace Repaint.Clustering.Decoding;

/// <summary>
/// How much memory photographs may take at once. Who comes first is served first, so that a large one gets its turn; one
/// that is larger than the whole budget waits until it is alone, and passes.
/// </summary>
internal sealed class MemoryBudget(IOptions<ClusteringOptions> options)
{
    private readonly long _total = options.Value.MemoryBudgetMegabytes * 1024L * 1024;
    private readonly Queue<(long Bytes, TaskCompletionSource Granted)> _waiting = new();
    private readonly Lock _lock = new();
    private long _taken;

    /// <summary>Waits for that much; disposing the answer gives it back.</summary>
    public async Task<IDisposable> ReserveAsync(long bytes, CancellationToken cancellation)
    {
        var reservation = new Reservation(this, Math.Min(bytes, _total));
        var granted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            _waiting.Enqueue((reservation.Bytes, granted));
            Grant();
        }

        try
        {
            await granted.Task.WaitAsync(cancellation);
            return reservation;
        }
        catch (OperationCanceledException)
        {
            // Whoever grants it later finds that nobody waits; granted already, it goes back.
            if (!granted.TrySetCanceled(cancellation))
            {
                reservation.Dispose();
            }

            lock (_lock)
            {
                Grant();
            }

            throw;
        }
    }

    private void Grant()
    {
        while (_waiting.TryPeek(out var next) && (next.Granted.Task.IsCompleted || _taken + next.Bytes <= _total))
        {
            _waiting.Dequeue();
            _taken += next.Granted.TrySetResult() ? next.Bytes : 0;
        }
    }

    private sealed class Reservation(MemoryBudget budget, long bytes) : IDisposable
    {
        private bool _returned;

        public long Bytes => bytes;

        public void Dispose()
        {
            lock (budget._lock)
            {
                budget._taken -= _returned ? 0 : bytes;
                _returned = true;
                budget.Grant();
            }
        }
    }
}
