using System.Globalization;
using System.Reflection;
using System.Resources;
using System.Text.RegularExpressions;
using Repaint.Console.Localisation;
using Repaint.Contracts;
using Repaint.Contracts.Http;

namespace Repaint.Tests.Console;

public sealed partial class WordsTests
{
    private static readonly Words Words = new();

    // What visitors hear at a spot, and the gateway to whoever fetches a picture, of which the console says that it could not be fetched.
    private static readonly string[] NotForStaff =
    [
        ErrorCodes.PickCooldown, ErrorCodes.PicksComplete, ErrorCodes.UrlUsed, ErrorCodes.UrlExpired, ErrorCodes.UrlRevoked,
        ErrorCodes.PreconditionFailed, ErrorCodes.RangeNotSatisfiable, ErrorCodes.PrefetchRefused,
    ];

    [Fact]
    public void Both_languages_say_the_same_things_with_the_same_places_for_values()
    {
        var english = All("en");
        var japanese = All("ja");

        Assert.NotEmpty(english);
        Assert.Equal(english.Keys.Order(), japanese.Keys.Order());
        Assert.All(english, word => Assert.Equal(Places(word.Value), Places(japanese[word.Key])));
        Assert.All(japanese, word => Assert.False(string.IsNullOrWhiteSpace(word.Value)));
    }

    /// <summary>Every failure that the API has a code for has words: what happened, and what to do.</summary>
    [Fact]
    public void Every_reason_and_state_has_words()
    {
        var names = All("en").Keys.ToHashSet();

        Assert.All(Constants(typeof(FailureReasons)), reason => Assert.Contains($"Reason.{reason}", names));
        Assert.All(Enum.GetNames<ImageState>(), state => Assert.Contains($"State.{state}", names));
        Assert.All(Enum.GetNames<Repaint.Console.Api.Trouble>(), trouble => Assert.Contains($"Trouble.{trouble}.Do", names));
        Assert.All(names.Where(name => name.StartsWith("Code.", StringComparison.Ordinal) && !name.EndsWith(".Do", StringComparison.Ordinal)),
            name => Assert.Contains($"{name}.Do", names));
        Assert.All(Constants(typeof(ErrorCodes)).Except(NotForStaff), code => Assert.Contains($"Code.{code}", names));
    }

    [Theory]
    [InlineData("ja", "1分")]
    [InlineData("en", "1 min")]
    public void An_age_is_said_in_the_readers_language(string language, string expected)
    {
        var words = new Words();
        words.Use(language);

        Assert.Equal(expected, words.Age(TimeSpan.FromSeconds(75)));
    }

    [Fact]
    public void An_unknown_language_is_English()
    {
        var words = new Words();
        words.Use("fr");

        Assert.Equal("en", words.Language);
        Assert.Null(Words.Find("there is no such thing"));
        Assert.Throws<MissingManifestResourceException>(() => Words["there is no such thing"]);
    }

    private static Dictionary<string, string> All(string language) =>
        new ResourceManager($"Words.{language}", typeof(Words).Assembly)
            .GetResourceSet(CultureInfo.InvariantCulture, createIfNotExists: true, tryParents: false)!
            .Cast<System.Collections.DictionaryEntry>()
            .ToDictionary(entry => (string)entry.Key, entry => (string)entry.Value!);

    private static IEnumerable<string> Places(string text) => Place().Matches(text).Select(place => place.Value).Distinct().Order();

    private static IEnumerable<string> Constants(Type type) => type
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (string)field.GetRawConstantValue()!);

    [GeneratedRegex(@"\{\d\}")]
    private static partial Regex Place();
}
