namespace Repaint.Messaging.Connections;

/// <summary>Exponential back-off with jitter, so that clients cut off together do not come back together.</summary>
internal static class BackOff
{
    /// <summary>Between half and all of <paramref name="first"/> · 2^<paramref name="failures"/>, at most <paramref name="longest"/>.</summary>
    /// <param name="failures">Failures before this one.</param>
    /// <param name="first">The wait after the first failure.</param>
    /// <param name="longest">Upper limit.</param>
    public static TimeSpan After(int failures, TimeSpan first, TimeSpan longest)
    {
        var full = Math.Min(first.TotalMilliseconds * Math.Pow(2, Math.Min(failures, 30)), longest.TotalMilliseconds);
        return TimeSpan.FromMilliseconds(full * (0.5 + (Random.Shared.NextDouble() / 2)));
    }
}
