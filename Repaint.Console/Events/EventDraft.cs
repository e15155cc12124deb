using Repaint.Contracts;
using Repaint.Contracts.Http;

namespace Repaint.Console.Events;

/// <summary>An event's settings while somebody types them.</summary>
public sealed class EventDraft
{
    public const int MaxNameLength = 32;
    public const int MaxCooldownMinutes = 1440;

    public string Name { get; set; } = "";

    public int PaletteCount { get; set; } = 8;

    public int CooldownMinutes { get; set; } = 5;

    /// <summary>The last day, in the reader's time zone, on which the event is kept; null for ever.</summary>
    public DateTime? KeptUntil { get; set; }

    private EventContact? Contact { get; init; }

    private string? Site { get; init; }

    public static EventDraft Of(EventDetails details) => new()
    {
        Name = details.Name,
        PaletteCount = details.PaletteCount,
        CooldownMinutes = details.CooldownSeconds / 60,
        KeptUntil = details.RetainUntil?.ToLocalTime().AddTicks(-1).Date,
        Contact = details.Contact,
        Site = details.Site,
    };

    /// <summary>The name of the words that say what is wrong with the name; null when nothing is.</summary>
    public static string? WrongName(string? name) => name?.Trim() switch
    {
        null or "" => "Event.Name.Missing",
        { Length: > MaxNameLength } => "Event.Name.TooLong",
        var text when text.Any(char.IsControl) => "Event.Name.Control",
        _ => null,
    };

    public bool IsValid => WrongName(Name) is null
        && PaletteCount is >= PaletteSet.MinPalettes and <= PaletteSet.MaxPalettes
        && CooldownMinutes is >= 0 and <= MaxCooldownMinutes;

    /// <summary>What the form does not show keeps the value it has.</summary>
    public EventSettings Settings() => new(
        Name.Trim(), PaletteCount, CooldownMinutes * 60, Contact, Site,
        KeptUntil is { } day ? new DateTimeOffset(DateTime.SpecifyKind(day.Date.AddDays(1), DateTimeKind.Local)).ToUniversalTime() : null);
}
