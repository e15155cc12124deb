namespace Repaint.Messaging.Processing;

/// <summary>
/// Lets any number in together, or one alone. Who asks to be alone keeps newcomers out, so that it comes to its turn.
/// </summary>
internal sealed class AloneGate
{
    private readonly Lock _gate = new();
    private readonly Queue<(bool Alone, TaskCompletionSource Entered)> _waiting = new();
    private int _inside;
    private bool _alone;

    /// <summary>Waits to be let in; dispose the result to leave.</summary>
    public async Task<IDisposable> EnterAsync(bool alone, CancellationToken cancellation)
    {
        TaskCompletionSource entered;
        lock (_gate)
        {
            if (_waiting.Count == 0 && TryEnter(alone))
            {
                return new Visit(this);
            }

            entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Enqueue((alone, entered));
        }

        await using var cancelled = cancellation.Register(() =>
        {
            lock (_gate)
            {
                if (entered.TrySetCanceled(cancellation))
                {
                    LetIn();
                }
            }
        });
        await entered.Task;
        return new Visit(this);
    }

    private bool TryEnter(bool alone)
    {
        if (_alone || (alone && _inside > 0))
        {
            return false;
        }

        _inside++;
        _alone = alone;
        return true;
    }

    private void Leave()
    {
        lock (_gate)
        {
            _inside--;
            _alone = false;
            LetIn();
        }
    }

    private void LetIn()
    {
        while (_waiting.TryPeek(out var next))
        {
            if (next.Entered.Task.IsCompleted)
            {
                _waiting.Dequeue();
            }
            else if (TryEnter(next.Alone))
            {
                _waiting.Dequeue();
                next.Entered.TrySetResult();
            }
            else
            {
                return;
            }
        }
    }

    private sealed class Visit(AloneGate gate) : IDisposable
    {
        private AloneGate? _gate = gate;

        public void Dispose() => Interlocked.Exchange(ref _gate, null)?.Leave();
    }
}
