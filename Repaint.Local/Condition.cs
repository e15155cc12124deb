namespace Repaint.Local;

/// <summary>Waits until something is so.</summary>
internal static class Condition
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    /// <summary>Asks <paramref name="isSo"/> until it says yes.</summary>
    /// <exception cref="LocalException">It did not within <paramref name="timeout"/>.</exception>
    public static async Task WaitAsync(
        string what, Func<CancellationToken, Task<bool>> isSo, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(timeout, TimeProvider.System);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            while (!await isSo(both.Token))
            {
                await Task.Delay(Interval, TimeProvider.System, both.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new LocalException($"{what}: not within {timeout.TotalSeconds:0} s.");
        }
    }
}
