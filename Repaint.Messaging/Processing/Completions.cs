namespace Repaint.Messaging.Processing;

/// <summary>
/// Completes messages several at a time: what is handled while one request is under way shares the next. Each caller
/// still waits until the broker has confirmed its own.
/// </summary>
/// <param name="complete">Completes messages by lock token; false when the lock of at least one is lost.</param>
internal sealed class Completions(Func<Guid[], Task<bool>> complete)
{
    private const int Most = 100;

    private readonly Lock _gate = new();
    private readonly Queue<Completion> _waiting = new();
    private bool _underWay;

    /// <summary>Completes a message; false when its lock is lost.</summary>
    public Task<bool> CompleteAsync(Guid lockToken)
    {
        var completion = new Completion(lockToken);
        lock (_gate)
        {
            _waiting.Enqueue(completion);
            if (_underWay)
            {
                return completion.Done.Task;
            }

            _underWay = true;
        }

        _ = RunAsync();
        return completion.Done.Task;
    }

    private async Task RunAsync()
    {
        while (Take() is { Length: > 0 } some)
        {
            await CompleteAsync(some);
        }
    }

    private Completion[] Take()
    {
        lock (_gate)
        {
            var some = new Completion[Math.Min(_waiting.Count, Most)];
            for (var index = 0; index < some.Length; index++)
            {
                some[index] = _waiting.Dequeue();
            }

            _underWay = some.Length > 0;
            return some;
        }
    }

    private async Task CompleteAsync(Completion[] some)
    {
        try
        {
            var confirmed = await complete(Array.ConvertAll(some, static one => one.LockToken));
            if (!confirmed && some.Length > 1)
            {
                // The lock of one of them is lost, and the answer does not say whose.
                foreach (var one in some)
                {
                    await CompleteAsync([one]);
                }

                return;
            }

            Array.ForEach(some, one => one.Done.TrySetResult(confirmed));
        }
        catch (Exception exception)
        {
            Array.ForEach(some, one => one.Done.TrySetException(exception));
        }
    }

    private sealed record Completion(Guid LockToken)
    {
        public TaskCompletionSource<bool> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
