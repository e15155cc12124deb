using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor.Services;
using Repaint.Console.Api;
using Repaint.Console.Events;
using Repaint.Console.Layout;
using Repaint.Console.Localisation;
using Repaint.Console.SignIn;

namespace Repaint.Tests.Console;

public sealed class EventFormTests : BunitContext
{
    private readonly Words _words = new();

    public EventFormTests()
    {
        JSInterop.Mode = JSRuntimeMode.Loose;
        Services.AddMudServices();
        Services.AddSingleton(TimeProvider.System);
        Services.AddSingleton(_words);
        Services.AddSingleton<Session>();
    }

    [Fact]
    public void A_form_that_is_not_right_is_not_sent_and_says_why()
    {
        var saved = 0;
        var form = Form(new EventDraft(), () => saved++);

        form.Find("form").Submit();

        Assert.Equal(0, saved);
        Assert.Contains("Give the event a name.", form.Markup, StringComparison.Ordinal);
        form.Find("#event-name").Input("Harbour");
        form.Find("form").Submit();
        Assert.Equal(1, saved);
    }

    [Fact]
    public void A_name_that_was_taken_back_is_asked_for_in_the_readers_language()
    {
        _words.Use("ja");
        var form = Form(new EventDraft(), () => { });

        form.Find("#event-name").Input("a");
        form.Find("#event-name").Input("");
        form.Find("#event-name").Blur();

        form.WaitForAssertion(() => Assert.Contains("イベント名を入力してください。", form.Markup, StringComparison.Ordinal));
        Assert.DoesNotContain("Required", form.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void A_refusal_leaves_what_was_typed()
    {
        var form = Form(new EventDraft { Name = "Harbour" }, () => { });

        form.Render(parameters => parameters.Add(page => page.Error, new ApiException(Trouble.Offline)));

        Assert.Equal("Harbour", form.Find("#event-name").GetAttribute("value"));
        Assert.Contains("There is no connection to the server.", form.Find("[role=alert]").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void A_contact_that_visitors_could_not_use_is_not_sent()
    {
        var saved = 0;
        var form = Form(new EventDraft { Name = "Harbour", Site = "javascript:alert(1)", ContactEmail = "nobody" }, () => saved++);

        form.Find("form").Submit();

        Assert.Equal(0, saved);
        Assert.Contains("This is no e-mail address.", form.Markup, StringComparison.Ordinal);
        form.Find("#event-site").Input("https://harbour.example");
        form.Find("#event-email").Input("desk@harbour.example");
        form.Find("form").Submit();
        Assert.Equal(1, saved);
    }

    [Theory]
    [InlineData("en", "photo-exists", "This visitor has a photograph already.")]
    [InlineData("ja", "photo-exists", "この参加者はすでに撮影済みです。")]
    [InlineData("en", "a-code-of-tomorrow", "The server did not accept this.")]
    public void Trouble_is_said_in_words_also_when_its_code_is_unknown(string language, string code, string expected)
    {
        _words.Use(language);

        var note = Render<TroubleNote>(parameters => parameters
            .Add(page => page.Error, ApiException.From(409, new ApiProblem(Code: code))));

        Assert.Contains(expected, note.Markup, StringComparison.Ordinal);
    }

    private IRenderedComponent<EventForm> Form(EventDraft draft, Action save) => Render<EventForm>(parameters => parameters
        .Add(page => page.Draft, draft)
        .Add(page => page.SubmitText, "Create")
        .Add(page => page.OnSave, EventCallback.Factory.Create(this, save)));
}
