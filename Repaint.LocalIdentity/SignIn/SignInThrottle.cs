using System.Net;
using System.Threading.RateLimiting;

namespace Repaint.LocalIdentity.SignIn;

/// <summary>
/// Slows down guessing. Wrong passwords are counted by name <em>and</em> address, so that nobody can lock another person out
/// from elsewhere, and by address, so that trying many names does not help. Right ones are not: a desk whose staff come and go
/// under one account is no attack.
/// </summary>
internal sealed class SignInThrottle : IDisposable
{
    /// <summary>Wrong passwords for one name from one address in a <see cref="Window"/>.</summary>
    public const int MistakesPerName = 5;

    /// <summary>Wrong passwords for any names from one address in a <see cref="Window"/>.</summary>
    public const int MistakesPerAddress = 50;

    /// <summary>People behind one address who may wait for their turn.</summary>
    public const int Waiting = 20;

    public static readonly TimeSpan Window = TimeSpan.FromMinutes(5);

    private readonly PartitionedRateLimiter<Guess> _mistakes = PartitionedRateLimiter.CreateChained(
        Limit(guess => $"{guess.Address} {guess.UserName.ToUpperInvariant()}", MistakesPerName),
        Limit(guess => $"{guess.Address}", MistakesPerAddress));

    // Whether a try may be made is known only when the one before it has been counted.
    private readonly PartitionedRateLimiter<Guess> _turns = PartitionedRateLimiter.Create<Guess, string>(
        guess => RateLimitPartition.GetConcurrencyLimiter(
            $"{guess.Address}", _ => new ConcurrencyLimiterOptions { PermitLimit = 1, QueueLimit = Waiting }));

    /// <summary>Waits for this address's turn. Null when no try may be made. To be disposed when the try has been judged.</summary>
    public async Task<Try?> BeginAsync(string userName, IPAddress? address, CancellationToken cancellation)
    {
        var guess = new Guess(userName, address);
        var turn = await _turns.AcquireAsync(guess, cancellationToken: cancellation);
        if (turn.IsAcquired && IsWithinLimits(guess))
        {
            return new Try(this, guess, turn);
        }

        turn.Dispose();
        return null;
    }

    public void Dispose()
    {
        _turns.Dispose();
        _mistakes.Dispose();
    }

    private bool IsWithinLimits(Guess guess)
    {
        using var left = _mistakes.AttemptAcquire(guess, permitCount: 0);
        return left.IsAcquired;
    }

    private void Count(Guess guess) => _mistakes.AttemptAcquire(guess).Dispose();

    private static PartitionedRateLimiter<Guess> Limit(Func<Guess, string> key, int mistakes) =>
        PartitionedRateLimiter.Create<Guess, string>(guess => RateLimitPartition.GetSlidingWindowLimiter(
            key(guess),
            _ => new SlidingWindowRateLimiterOptions { PermitLimit = mistakes, Window = Window, SegmentsPerWindow = 5, QueueLimit = 0 }));

    /// <summary>One try; while it lasts, nobody else from its address has one.</summary>
    internal sealed class Try(SignInThrottle throttle, Guess guess, RateLimitLease turn) : IDisposable
    {
        public void WasWrong() => throttle.Count(guess);

        public void Dispose() => turn.Dispose();
    }

    internal readonly record struct Guess(string UserName, IPAddress? Address);
}
