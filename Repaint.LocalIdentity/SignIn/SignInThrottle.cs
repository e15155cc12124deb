using System.Net;
using System.Threading.RateLimiting;

namespace Repaint.LocalIdentity.SignIn;

/// <summary>
/// Slows down guessing. Counted by name <em>and</em> address, so that nobody can lock another person out from elsewhere,
/// and by address, so that trying many names does not help.
/// </summary>
internal sealed class SignInThrottle : IDisposable
{
    /// <summary>Tries for one name from one address in a <see cref="Window"/>.</summary>
    public const int TriesPerName = 5;

    /// <summary>Tries for any names from one address in a <see cref="Window"/>.</summary>
    public const int TriesPerAddress = 50;

    public static readonly TimeSpan Window = TimeSpan.FromMinutes(5);

    private readonly PartitionedRateLimiter<Attempt> _limiter = PartitionedRateLimiter.CreateChained(
        Limit(attempt => $"{attempt.Address} {attempt.UserName.ToUpperInvariant()}", TriesPerName),
        Limit(attempt => $"{attempt.Address}", TriesPerAddress));

    /// <summary>Whether this try may be made.</summary>
    public bool Allows(string userName, IPAddress? address)
    {
        using var lease = _limiter.AttemptAcquire(new Attempt(userName, address));
        return lease.IsAcquired;
    }

    public void Dispose() => _limiter.Dispose();

    private static PartitionedRateLimiter<Attempt> Limit(Func<Attempt, string> key, int tries) =>
        PartitionedRateLimiter.Create<Attempt, string>(attempt => RateLimitPartition.GetSlidingWindowLimiter(
            key(attempt),
            _ => new SlidingWindowRateLimiterOptions { PermitLimit = tries, Window = Window, SegmentsPerWindow = 5, QueueLimit = 0 }));

    private readonly record struct Attempt(string UserName, IPAddress? Address);
}
