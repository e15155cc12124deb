using System.Diagnostics.CodeAnalysis;

namespace Repaint.Contracts;

/// <summary>
/// What a visitor reads out when no camera can read the QR code: the last eight hex digits of the visitor id, in two groups.
/// They are random (RFC 9562, UUID version 7), so that among 100,000 visitors of an event a code is shared once in 43,000.
/// It gives no access to anything.
/// </summary>
public static class VisitorShortCode
{
    /// <summary>Longest text that is looked at.</summary>
    public const int MaxLength = 32;

    private const int Digits = 8;

    /// <summary>The code as it is shown, such as <c>3F9A-07C2</c>.</summary>
    public static string Of(Guid visitorId)
    {
        var digits = visitorId.ToString("N")[^Digits..].ToUpperInvariant();
        return $"{digits[..4]}-{digits[4..]}";
    }

    /// <summary>Reads what somebody typed, however it is spaced; the digits, in lower case as an id's text ends.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out string? digits)
    {
        digits = text is { Length: <= MaxLength }
            ? string.Concat(text.Where(letter => letter != '-' && !char.IsWhiteSpace(letter))).ToLowerInvariant()
            : null;
        if (digits is not { Length: Digits } || !digits.All(char.IsAsciiHexDigitLower))
        {
            digits = null;
        }

        return digits is not null;
    }
}
