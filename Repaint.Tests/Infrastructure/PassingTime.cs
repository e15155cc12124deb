using Microsoft.Extensions.Time.Testing;

namespace Repaint.Tests.Infrastructure;

/// <summary>A clock that runs as fast as the machine allows while something is waited for.</summary>
internal static class PassingTime
{
    private static readonly TimeSpan Breath = TimeSpan.FromMilliseconds(10);

    /// <summary>Lets a second pass again and again until the task is done.</summary>
    public static async Task<T> UntilAsync<T>(this FakeTimeProvider clock, Task<T> task)
    {
        while (await Task.WhenAny(task, Task.Delay(Breath, TimeProvider.System, TestContext.Current.CancellationToken)) != task)
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            clock.Advance(TimeSpan.FromSeconds(1));
        }

        return await task;
    }
}
