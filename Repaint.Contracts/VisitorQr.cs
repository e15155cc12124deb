using System.Diagnostics.CodeAnalysis;

namespace Repaint.Contracts;

/// <summary>
/// What the QR code on a visitor's phone says: <c>REPAINT:{event id}:{visitor id}</c>, ids as 32 hex digits. Capitals, digits
/// and colons alone make a QR code with few modules (ISO/IEC 18004, alphanumeric mode). It gives no access to anything.
/// </summary>
/// <param name="EventId">The event.</param>
/// <param name="VisitorId">The visitor.</param>
public readonly record struct VisitorQr(Guid EventId, Guid VisitorId)
{
    private const string Prefix = "REPAINT:";

    /// <summary>The text of the code.</summary>
    public override string ToString() => $"{Prefix}{EventId:N}:{VisitorId:N}".ToUpperInvariant();

    /// <summary>Reads what a camera saw; false when it is no visitor's code.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out VisitorQr code)
    {
        code = default;
        if (text is null || !text.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)
            || text[Prefix.Length..].Split(':') is not [var eventId, var visitorId]
            || !Guid.TryParseExact(eventId, "N", out var parsedEvent) || !Guid.TryParseExact(visitorId, "N", out var parsedVisitor))
        {
            return false;
        }

        code = new VisitorQr(parsedEvent, parsedVisitor);
        return true;
    }
}
