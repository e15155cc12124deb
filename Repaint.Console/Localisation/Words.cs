using System.Globalization;
using System.Resources;

namespace Repaint.Console.Localisation;

/// <summary>
/// What the console says, in Japanese or English. Both are in the program, so that switching needs no reload: a reload
/// would lose what somebody is typing.
/// </summary>
internal sealed class Words
{
    public static readonly IReadOnlyList<string> Languages = ["ja", "en"];

    private static readonly Dictionary<string, ResourceManager> Resources =
        Languages.ToDictionary(language => language, language => new ResourceManager($"Words.{language}", typeof(Words).Assembly));

    public event Action? Changed;

    public string Language { get; private set; } = "en";

    public CultureInfo Culture { get; private set; } = CultureInfo.GetCultureInfo("en-GB");

    /// <exception cref="MissingManifestResourceException">There are no such words: a mistake of ours, which a test finds.</exception>
    public string this[string name] => Find(name) ?? throw new MissingManifestResourceException($"There are no words for {name}.");

    public string this[string name, params object?[] arguments] => string.Format(Culture, this[name], arguments);

    public string? Find(string name) => Resources[Language].GetString(name, CultureInfo.InvariantCulture);

    public void Use(string language)
    {
        Language = Languages.Contains(language) ? language : "en";
        Culture = CultureInfo.GetCultureInfo(Language == "ja" ? "ja-JP" : "en-GB");
        CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = Culture;
        CultureInfo.DefaultThreadCurrentCulture = CultureInfo.DefaultThreadCurrentUICulture = Culture;
        Changed?.Invoke();
    }

    public string Number(int number) => number.ToString("N0", Culture);

    /// <summary>Date and time of day in the reader's language and time zone.</summary>
    public string Moment(DateTimeOffset time) => time.ToLocalTime().ToString(Language == "ja" ? "M月d日 H:mm" : "d MMM HH:mm", Culture);

    public string Day(DateOnly day) => day.ToString(Language == "ja" ? "yyyy年M月d日" : "d MMMM yyyy", Culture);

    /// <summary>How long ago, roughly: what a glance at a board needs.</summary>
    public string Age(TimeSpan age) => age switch
    {
        { TotalSeconds: < 60 } => this["Age.Seconds", (int)Math.Max(0, age.TotalSeconds)],
        { TotalMinutes: < 60 } => this["Age.Minutes", (int)age.TotalMinutes],
        { TotalHours: < 48 } => this["Age.Hours", (int)age.TotalHours],
        _ => this["Age.Days", (int)age.TotalDays],
    };
}
