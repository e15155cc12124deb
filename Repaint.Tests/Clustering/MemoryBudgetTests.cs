using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Repaint.Clustering;
using Repaint.Clustering.Decoding;

namespace Repaint.Tests.Clustering;

public sealed class MemoryBudgetTests
{
    private const long Megabyte = 1 << 20;

    private readonly MemoryBudget _budget = new(Options.Create(new ClusteringOptions { MemoryBudgetMegabytes = 100 }));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Reserve_WithinTheBudget_IsGrantedTogetherAndTheRestWaits()
    {
        var first = await _budget.ReserveAsync(60 * Megabyte, Cancellation);
        using var second = await _budget.ReserveAsync(40 * Megabyte, Cancellation);
        var third = _budget.ReserveAsync(10 * Megabyte, Cancellation);
        Assert.False(third.IsCompleted);

        first.Dispose();
        first.Dispose();

        using var granted = await third;
        Assert.False(_budget.ReserveAsync(60 * Megabyte, Cancellation).IsCompleted);
    }

    [Fact]
    public async Task Reserve_MoreThanTheWholeBudget_PassesAloneAndIsNotOvertaken()
    {
        var small = await _budget.ReserveAsync(10 * Megabyte, Cancellation);
        var large = _budget.ReserveAsync(700 * Megabyte, Cancellation);
        var later = _budget.ReserveAsync(10 * Megabyte, Cancellation);
        Assert.False(large.IsCompleted);
        Assert.False(later.IsCompleted);

        small.Dispose();
        var alone = await large;
        Assert.False(later.IsCompleted);

        alone.Dispose();
        (await later).Dispose();
    }

    [Fact]
    public async Task Reserve_GivenUp_LeavesTheTurnToTheNext()
    {
        using var all = await _budget.ReserveAsync(90 * Megabyte, Cancellation);
        using var impatient = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var large = _budget.ReserveAsync(100 * Megabyte, impatient.Token);
        var small = _budget.ReserveAsync(10 * Megabyte, Cancellation);

        await impatient.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => large);
        (await small).Dispose();
    }

    [Fact]
    public async Task HangGuard_WorkThatHangs_EndsTheProcess()
    {
        var time = new FakeTimeProvider();
        var ended = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var guard = new HangGuard(Options.Create(new ClusteringOptions()), time, NullLogger<HangGuard>.Instance) { End = ended.SetResult };
        using var hang = new ManualResetEventSlim();
        using var begun = new ManualResetEventSlim();
        var work = guard.RunAsync(
            () =>
            {
                begun.Set();
                hang.Wait(Cancellation);
                return 1;
            }, Cancellation);
        begun.Wait(Cancellation);

        time.Advance(TimeSpan.FromSeconds(119));
        Assert.False(ended.Task.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(2));

        Assert.Contains("hangs", await ended.Task);
        await Assert.ThrowsAsync<TimeoutException>(() => work);
        hang.Set();
    }

    [Fact]
    public async Task HangGuard_WorkThatFails_FailsAsItDid()
    {
        var guard = new HangGuard(Options.Create(new ClusteringOptions()), TimeProvider.System, NullLogger<HangGuard>.Instance) { End = _ => Assert.Fail("ended") };

        await Assert.ThrowsAsync<TimeoutException>(() => guard.RunAsync<int>(() => throw new TimeoutException("of storage"), Cancellation));
        Assert.Equal(7, await guard.RunAsync(() => 7, Cancellation));
    }
}
