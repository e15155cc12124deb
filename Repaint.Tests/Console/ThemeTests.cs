using System.Text.RegularExpressions;
using MudBlazor;
using Repaint.Console.Layout;

namespace Repaint.Tests.Console;

/// <summary>MudBlazor wants its colours as values: they stay those of the visual identity.</summary>
public sealed class ThemeTests
{
    [Theory]
    [InlineData("paper", false)]
    [InlineData("paper", true)]
    [InlineData("sheet", false)]
    [InlineData("sheet", true)]
    [InlineData("ink", false)]
    [InlineData("ink", true)]
    [InlineData("pencil", false)]
    [InlineData("pencil", true)]
    [InlineData("paint", false)]
    [InlineData("paint", true)]
    public void The_theme_has_the_colours_of_the_tokens(string token, bool dark)
    {
        Palette palette = dark ? Paper.Theme.PaletteDark : Paper.Theme.PaletteLight;
        var colour = token switch
        {
            "paper" => palette.Background,
            "sheet" => palette.Surface,
            "ink" => palette.TextPrimary,
            "pencil" => palette.TextSecondary,
            _ => palette.Primary,
        };

        Assert.Equal(Tokens(dark)[token], colour.ToString(MudBlazor.Utilities.MudColorOutputFormats.Hex));
    }

    private static Dictionary<string, string> Tokens(bool dark)
    {
        var css = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "tokens.css"));
        var split = css.IndexOf("prefers-color-scheme: dark", StringComparison.Ordinal);
        return Regex.Matches(dark ? css[split..] : css[..split], @"--(?<name>[a-z]+): (?<value>#[0-9a-f]{6});")
            .ToDictionary(match => match.Groups["name"].Value, match => match.Groups["value"].Value);
    }
}
