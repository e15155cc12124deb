using Repaint.ImageGateway.OneTimeUrls;

namespace Repaint.Tests.Gateway;

public sealed class BatchTests
{
    [Fact]
    public async Task What_comes_while_a_batch_is_under_way_is_done_together_and_everyone_gets_the_own_result()
    {
        var batches = new List<IReadOnlyList<int>>();
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var batch = new Batch<int, string>(async items =>
        {
            batches.Add(items);
            begun.TrySetResult();
            await go.Task;
            return [.. items.Select(item => $"<{item}>")];
        });

        var first = batch.AddAsync(0);
        await begun.Task;
        var others = Enumerable.Range(1, 200).Select(batch.AddAsync).ToList();
        go.SetResult();

        Assert.Equal("<0>", await first);
        Assert.Equal(Enumerable.Range(1, 200).Select(item => $"<{item}>"), await Task.WhenAll(others));
        Assert.Equal([1, 128, 72], batches.Select(items => items.Count));
    }

    [Fact]
    public async Task A_failed_batch_fails_for_all_in_it_and_for_nobody_after()
    {
        var fails = true;
        var batch = new Batch<int, int>(items => fails ? throw new TimeoutException() : Task.FromResult(items));

        await Assert.ThrowsAsync<TimeoutException>(() => batch.AddAsync(1));
        fails = false;
        Assert.Equal(2, await batch.AddAsync(2));
    }
}
