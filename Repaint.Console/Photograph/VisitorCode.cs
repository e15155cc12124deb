using Repaint.Contracts;

namespace Repaint.Console.Photograph;

/// <summary>What a camera saw or somebody typed, read as a visitor of this event.</summary>
public static class VisitorCode
{
    /// <summary>
    /// The visitor: from the QR code on their phone, or an id alone. Null when it is neither, or the code of another event.
    /// Short codes are the API's to find: see <see cref="VisitorShortCode"/>.
    /// </summary>
    public static Guid? Parse(string? text, Guid eventId)
    {
        var code = text?.Trim();
        if (VisitorQr.TryParse(code, out var qr))
        {
            return qr.EventId == eventId ? qr.VisitorId : null;
        }

        return Guid.TryParse(code, out var visitorId) ? visitorId : null;
    }
}
