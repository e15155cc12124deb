using System.Text.RegularExpressions;
using Repaint.Contracts;
using Repaint.Contracts.Http;

namespace Repaint.Console.Events;

/// <summary>An event's settings while somebody types them.</summary>
public sealed partial class EventDraft
{
    public const int MaxNameLength = 32;
    public const int MaxCooldownMinutes = 1440;
    public const int MaxContactEmail = 80;
    public const int MaxContactPhone = 20;
    public const int MaxSite = 2083;

    public string Name { get; set; } = "";

    public int PaletteCount { get; set; } = 8;

    public int CooldownMinutes { get; set; } = 5;

    /// <summary>The last day, in the reader's time zone, on which the event is kept; null for ever.</summary>
    public DateTime? KeptUntil { get; set; }

    /// <summary>Whom visitors can ask: a name, an address, a number; all may be empty.</summary>
    public string ContactName { get; set; } = "";

    public string ContactEmail { get; set; } = "";

    public string ContactPhone { get; set; } = "";

    /// <summary>The event's web page; empty for none.</summary>
    public string Site { get; set; } = "";

    /// <summary>Whether anybody may see the event's own images, and caches keep them.</summary>
    public bool PublicImages { get; set; }

    public static EventDraft Of(EventDetails details) => new()
    {
        Name = details.Name,
        PaletteCount = details.PaletteCount,
        CooldownMinutes = details.CooldownSeconds / 60,
        KeptUntil = details.RetainUntil?.ToLocalTime().AddTicks(-1).Date,
        ContactName = details.Contact?.Name ?? "",
        ContactEmail = details.Contact?.Email ?? "",
        ContactPhone = details.Contact?.Phone ?? "",
        Site = details.Site ?? "",
        PublicImages = details.PublicImages,
    };

    /// <summary>The name of the words that say what is wrong with the name; null when nothing is.</summary>
    public static string? WrongName(string? name) => name?.Trim() switch
    {
        null or "" => "Event.Name.Missing",
        { Length: > MaxNameLength } => "Event.Name.TooLong",
        var text when text.Any(char.IsControl) => "Event.Name.Control",
        _ => null,
    };

    /// <summary>Likewise, of the contact and the web page, none of which is required.</summary>
    public static string? WrongContactName(string? name) => string.IsNullOrWhiteSpace(name) ? null : WrongName(name);

    public static string? WrongEmail(string? email) => Wrong(email, Email(), "Event.Email.Wrong");

    public static string? WrongPhone(string? phone) => Wrong(phone, Phone(), "Event.Phone.Wrong");

    public static string? WrongSite(string? site) => Wrong(site, WebAddress(), "Event.Site.Wrong");

    public bool IsValid => WrongName(Name) is null
        && PaletteCount is >= PaletteSet.MinPalettes and <= PaletteSet.MaxPalettes
        && CooldownMinutes is >= 0 and <= MaxCooldownMinutes
        && (WrongContactName(ContactName) ?? WrongEmail(ContactEmail) ?? WrongPhone(ContactPhone) ?? WrongSite(Site)) is null;

    public EventSettings Settings() => new(
        Name.Trim(), PaletteCount, CooldownMinutes * 60, Contact, Given(Site),
        KeptUntil is { } day ? new DateTimeOffset(DateTime.SpecifyKind(day.Date.AddDays(1), DateTimeKind.Local)).ToUniversalTime() : null,
        PublicImages);

    private EventContact? Contact => new EventContact(Given(ContactName), Given(ContactEmail), Given(ContactPhone)) is var contact
        && contact == new EventContact() ? null : contact;

    private static string? Given(string text) => text.Trim() is { Length: > 0 } given ? given : null;

    private static string? Wrong(string? text, Regex pattern, string words) =>
        string.IsNullOrWhiteSpace(text) || pattern.IsMatch(text.Trim()) ? null : words;

    [GeneratedRegex(NamePattern.Email)]
    private static partial Regex Email();

    [GeneratedRegex(NamePattern.Phone)]
    private static partial Regex Phone();

    [GeneratedRegex(NamePattern.WebAddress)]
    private static partial Regex WebAddress();
}
