namespace Repaint.Console.Photograph;

/// <summary>What a visitor's QR code holds: event and visitor, and nothing that would let anybody in.</summary>
public sealed record VisitorCode(Guid EventId, Guid VisitorId)
{
    private const string Scheme = "repaint:";

    /// <summary>
    /// Reads <c>repaint:event:visitor</c>, which the visitor app shows, an address with <c>event</c> and <c>visitor</c> in its query or fragment,
    /// <c>event/visitor</c>, or a visitor's id alone, as one types it.
    /// </summary>
    public static VisitorCode? Parse(string? text, Guid currentEvent)
    {
        var code = text?.Trim() ?? "";
        if (Guid.TryParse(code, out var alone))
        {
            return new VisitorCode(currentEvent, alone);
        }

        var pair = (code.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? code[Scheme.Length..] : code).Split('/', ':');
        if (pair.Length == 2 && Guid.TryParse(pair[0], out var first) && Guid.TryParse(pair[1], out var second))
        {
            return new VisitorCode(first, second);
        }

        return Uri.TryCreate(code, UriKind.Absolute, out var address)
            && Find(address, "event") is { } eventId && Find(address, "visitor") is { } visitorId
            ? new VisitorCode(eventId, visitorId)
            : null;
    }

    private static Guid? Find(Uri address, string name) => $"{address.Query.TrimStart('?')}&{address.Fragment.TrimStart('#')}"
        .Split('&')
        .Select(part => part.Split('=', 2))
        .Where(part => part.Length == 2 && part[0] == name && Guid.TryParse(part[1], out _))
        .Select(part => (Guid?)Guid.Parse(part[1]))
        .FirstOrDefault();
}
