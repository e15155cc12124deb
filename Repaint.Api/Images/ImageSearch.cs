using System.Linq.Expressions;

namespace Repaint.Api.Images;

/// <summary>
/// What staff type to find an image: the beginning of its or its visitor's id, or a whole trace id. Becomes ranges of
/// ids, each of which has an index: a search must not read a whole event.
/// </summary>
internal sealed record ImageSearch(Guid From, Guid To, string? TraceId)
{
    public const int MinLength = 4;

    /// <summary>With room for the dashes of an id, and some spaces.</summary>
    public const int MaxLength = 64;

    private const int Digits = 32;

    /// <summary>Null for text that can be the beginning of no id.</summary>
    public static ImageSearch? Parse(string text)
    {
        var digits = text.Trim().Replace("-", "", StringComparison.Ordinal).ToLowerInvariant();
        return digits.Length is >= MinLength and <= Digits && digits.All(char.IsAsciiHexDigit)
            ? new ImageSearch(
                Guid.ParseExact(digits.PadRight(Digits, '0'), "N"), Guid.ParseExact(digits.PadRight(Digits, 'f'), "N"),
                digits.Length == Digits ? digits : null)
            : null;
    }

    public Expression<Func<Image, bool>> Matches() => image =>
        (image.Id.CompareTo(From) >= 0 && image.Id.CompareTo(To) <= 0)
        || (image.VisitorId != null && image.VisitorId.Value.CompareTo(From) >= 0 && image.VisitorId.Value.CompareTo(To) <= 0)
        || (TraceId != null && image.TraceId == TraceId);
}
