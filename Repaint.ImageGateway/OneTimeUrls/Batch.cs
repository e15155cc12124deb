namespace Repaint.ImageGateway.OneTimeUrls;

/// <summary>
/// Does together what is asked for at the same time: while one batch is with the database the next one gathers. Alone,
/// nobody waits for company.
/// </summary>
/// <param name="run">Answers a batch, one result for each item, in their order.</param>
internal sealed class Batch<TItem, TResult>(Func<IReadOnlyList<TItem>, Task<IReadOnlyList<TResult>>> run)
{
    private const int MaxItems = 128;

    private readonly Lock _gate = new();
    private readonly Queue<(TItem Item, TaskCompletionSource<TResult> Result)> _waiting = new();
    private bool _isRunning;

    public Task<TResult> AddAsync(TItem item)
    {
        var result = new TaskCompletionSource<TResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            _waiting.Enqueue((item, result));
            if (_isRunning)
            {
                return result.Task;
            }

            _isRunning = true;
        }

        // A batch belongs to none of the requests in it, so neither does its span.
        using (ExecutionContext.SuppressFlow())
        {
            _ = Task.Run(RunAsync);
        }

        return result.Task;
    }

    private async Task RunAsync()
    {
        while (Take() is { Count: > 0 } batch)
        {
            try
            {
                var results = await run([.. batch.Select(asked => asked.Item)]);
                for (var index = 0; index < batch.Count; index++)
                {
                    batch[index].Result.SetResult(results[index]);
                }
            }
            catch (Exception exception)
            {
                // Whoever asked decides what to make of it.
                batch.ForEach(asked => asked.Result.TrySetException(exception));
            }
        }
    }

    private List<(TItem Item, TaskCompletionSource<TResult> Result)> Take()
    {
        lock (_gate)
        {
            var batch = new List<(TItem, TaskCompletionSource<TResult>)>(Math.Min(_waiting.Count, MaxItems));
            while (batch.Count < MaxItems && _waiting.TryDequeue(out var asked))
            {
                batch.Add(asked);
            }

            _isRunning = batch.Count > 0;
            return batch;
        }
    }
}
