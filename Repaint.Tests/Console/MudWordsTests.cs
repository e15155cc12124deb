using Bunit;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;
using Repaint.Console.Localisation;

namespace Repaint.Tests.Console;

/// <summary>MudBlazor's own buttons are read out, too.</summary>
public sealed class MudWordsTests : ConsoleContext
{
    public MudWordsTests() => Services.AddTransient<MudLocalizer, MudWords>();

    [Theory]
    [InlineData("ja", "入力を消去")]
    [InlineData("en", "Clear")]
    public void The_button_that_clears_a_field_speaks_the_readers_language(string language, string words)
    {
        Services.GetRequiredService<Words>().Use(language);

        var field = Render<MudTextField<string>>(parameters => parameters.Add(text => text.Clearable, true).Add(text => text.Value, "EA2D"));

        Assert.Contains(words, field.FindAll("button").Select(button => button.GetAttribute("aria-label")));
    }

    [Theory]
    [InlineData("MudInput_Increment")]
    [InlineData("MudInput_Decrement")]
    [InlineData("MudSnackbar_Close")]
    public void So_do_the_others_that_are_on_our_pages(string key)
    {
        var words = Services.GetRequiredService<Words>();
        words.Use("ja");

        Assert.False(new MudWords(words)[key].ResourceNotFound);
    }
}
