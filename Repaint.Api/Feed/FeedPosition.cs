using System.Globalization;

namespace Repaint.Api.Feed;

/// <summary>
/// Up to where a reader has seen an event's changes: those of every transaction before <paramref name="Transaction"/>.
/// Also says when, because erased images are remembered for a day only.
/// </summary>
internal sealed record FeedPosition(ulong Transaction, DateTimeOffset At)
{
    /// <summary>Null for what is none, or is too old to be resumed.</summary>
    public static FeedPosition? Parse(string? text, DateTimeOffset now) =>
        text?.Split('-') is [var transaction, var seconds]
        && ulong.TryParse(transaction, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        && long.TryParse(seconds, NumberStyles.None, CultureInfo.InvariantCulture, out var time)
        && time >= (now - ErasedImage.Remembered).ToUnixTimeSeconds() && time <= now.ToUnixTimeSeconds()
            ? new FeedPosition(number, DateTimeOffset.FromUnixTimeSeconds(time))
            : null;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Transaction}-{At.ToUnixTimeSeconds()}");
}
