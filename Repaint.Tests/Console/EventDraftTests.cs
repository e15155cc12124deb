using Repaint.Console.Events;
using Repaint.Contracts.Http;

namespace Repaint.Tests.Console;

public sealed class EventDraftTests
{
    [Theory]
    [InlineData("", "Event.Name.Missing")]
    [InlineData("   ", "Event.Name.Missing")]
    [InlineData("123456789012345678901234567890123", "Event.Name.TooLong")]
    [InlineData("a\u0007b", "Event.Name.Control")]
    [InlineData("夏祭り", null)]
    public void A_name_that_the_API_would_refuse_is_said_before(string name, string? wrong) => Assert.Equal(wrong, EventDraft.WrongName(name));

    [Fact]
    public void Saving_keeps_what_nobody_changed()
    {
        var details = new EventDetails(
            Guid.Empty, "Harbour", 8, 600, EventRoles.Owner, default, Contact: new EventContact("Desk"), Site: "https://example.org/", PublicImages: true);
        var draft = EventDraft.Of(details);
        draft.Name = " Harbour lights ";

        var settings = draft.Settings();

        Assert.Equal("Harbour lights", settings.Name);
        Assert.Equal(600, settings.CooldownSeconds);
        Assert.Equal(details.Contact, settings.Contact);
        Assert.Equal(details.Site, settings.Site);
        Assert.True(settings.PublicImages);
    }

    [Fact]
    public void An_event_kept_until_a_day_lives_through_that_day_and_comes_back_as_it()
    {
        var draft = new EventDraft { Name = "Harbour", KeptUntil = new DateTime(2027, 3, 31) };

        var end = draft.Settings().RetainUntil!.Value;

        Assert.Equal(new DateTime(2027, 4, 1), end.ToLocalTime().DateTime);
        var again = EventDraft.Of(new EventDetails(Guid.Empty, "Harbour", 8, 300, EventRoles.Owner, default, RetainUntil: end));
        Assert.Equal(draft.KeptUntil, again.KeptUntil);
    }
}
