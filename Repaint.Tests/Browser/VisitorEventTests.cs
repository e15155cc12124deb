using System.Net.Http.Json;
using Microsoft.Playwright;
using Repaint.Contracts.Http;
using Repaint.Tests.EndToEnd;
using static Microsoft.Playwright.Assertions;

namespace Repaint.Tests.Browser;

/// <summary>What an event says of itself, and how one's round through it ends.</summary>
[Collection(SystemCollection.Name)]
public sealed class VisitorEventTests(SystemFixture system, BrowserFixture browser)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Who_has_every_colour_is_told_so_and_wins_nothing_more()
    {
        var (eventId, printed) = await CreateAsync("Two colours", new SpotSettings("Gate"));
        await using var phone = await Phone.TakeAsync(system, await browser.NewPhoneAsync());
        await phone.Context.AddInitScriptAsync("""
            self.splashes = 0;
            new MutationObserver((changes) => changes.forEach(({ addedNodes }) => addedNodes.forEach((node) => { self.splashes += node.className === "splash"; })))
              .observe(document, { childList: true, subtree: true });
            """);
        await phone.JoinAsync(eventId);
        await phone.BePhotographedAsync(eventId);
        for (var palette = 0; palette < 2; palette++)
        {
            await phone.OpenCodeAsync(printed);
            await Expect(phone.Page.GetByRole(AriaRole.Heading, new() { NameRegex = new("^You found") })).ToBeVisibleAsync();
            await phone.Page.WaitForFunctionAsync("count => self.splashes === count", palette + 1);
        }

        await Expect(phone.Page.GetByRole(AriaRole.Heading, new() { Name = "You found them all!" })).ToBeVisibleAsync();
        await phone.Button("To my picture").ClickAsync();
        await Expect(phone.Page.GetByText("All the colours are back!")).ToBeVisibleAsync();
        await Expect(phone.Page.Locator(".stamp")).ToBeVisibleAsync();
        await phone.OpenCodeAsync(printed);
        await Expect(phone.Page.GetByRole(AriaRole.Heading, new() { Name = "You have them all" })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_code_that_changes_is_not_kept_for_later()
    {
        var (eventId, onScreen) = await CreateAsync("Tablet", new SpotSettings("Tablet", RotationSeconds: 3600));
        await using var phone = await Phone.TakeAsync(system, await browser.NewPhoneAsync());
        await phone.JoinAsync(eventId);
        await phone.Context.SetOfflineAsync(true);
        await phone.Page.EvaluateAsync("code => { location.hash = `pick=${code}`; }", onScreen.Code);
        await Expect(phone.Page.GetByRole(AriaRole.Heading, new() { Name = "No network" })).ToBeVisibleAsync();
        await phone.Button("To my picture").ClickAsync();
        await phone.UntilAsync("session.waiting === 0");

        await phone.Context.SetOfflineAsync(false);
        await phone.OpenCodeAsync(onScreen);
        await Expect(phone.Page.GetByRole(AriaRole.Heading, new() { Name = "You found a colour!" })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task The_event_says_until_when_it_keeps_pictures_and_whom_to_ask()
    {
        var (eventId, _) = await CreateAsync("Kept", new SpotSettings("Gate"));
        await using var phone = await Phone.TakeAsync(system, await browser.NewPhoneAsync());
        await phone.OpenAsync($"/?event={eventId}");
        await Expect(phone.Page.GetByText("We keep it until May 1, 2030; then everything erases itself.")).ToBeVisibleAsync();
        await phone.JoinAsync(eventId);
        await phone.Button("Event and data").ClickAsync();
        await Expect(phone.Page.GetByRole(AriaRole.Link, new() { Name = "The event’s website" })).ToHaveAttributeAsync("href", "https://festival.example/");
        await Expect(phone.Page.GetByRole(AriaRole.Link, new() { Name = "desk@festival.example" })).ToHaveAttributeAsync("href", "mailto:desk@festival.example");
        await Expect(phone.Page.GetByRole(AriaRole.Link, new() { Name = "+81 3 1234 5678" })).ToHaveAttributeAsync("href", "tel:+81312345678");
    }

    [Fact]
    public async Task Who_joins_another_event_shows_its_code_and_nothing_of_the_first()
    {
        await using var phone = await Phone.TakeAsync(system, await browser.NewPhoneAsync());
        await phone.JoinAsync();
        await phone.BePhotographedAsync();
        var first = await phone.VisitorIdAsync();
        var (eventId, _) = await CreateAsync("Second", new SpotSettings("Gate"));

        await phone.OpenAsync($"/?event={eventId}");
        await Expect(phone.Page.GetByRole(AriaRole.Heading, new() { Name = "Another event" })).ToBeVisibleAsync();
        await phone.Button("Join the other event").ClickAsync();
        await phone.Button("Agree and join").ClickAsync();
        await phone.Button("Show my QR code").ClickAsync();
        await Expect(phone.Page.Locator(".qr-event")).ToHaveTextAsync("Second");
        await phone.Page.GetByAltText("Your QR code, for the staff to scan").WaitForAsync();

        var second = await phone.VisitorIdAsync();
        Assert.NotEqual(first, second);
        var (shown, own) = await phone.ShownAndOwnQrAsync();
        Assert.Equal(own, shown);
        await phone.Button("Back").ClickAsync();
        await Expect(phone.Page.GetByRole(AriaRole.Heading, new() { Name = "Second" })).ToBeVisibleAsync();
        await Expect(phone.Page.Locator(".my-picture img")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task A_step_back_after_the_end_leads_to_no_screen_of_somebody_who_is_gone()
    {
        await using var phone = await Phone.TakeAsync(system, await browser.NewPhoneAsync());
        await phone.JoinAsync();
        await phone.Button("Event and data").ClickAsync();
        await phone.Button("Erase my data").ClickAsync();
        await phone.Button("Erase everything").ClickAsync();
        await Expect(phone.Page.GetByRole(AriaRole.Heading, new() { Name = "Erased" })).ToBeVisibleAsync();
        await phone.Page.GoBackAsync();
        await Expect(phone.Button("I have a recovery code")).ToBeVisibleAsync();
        // A code opened in the same tab, too.
        await phone.Page.EvaluateAsync("code => { location.hash = `pick=${code}`; }", system.Demo.Spots[0].Code);
        await Expect(phone.Page.GetByText("You opened a spot’s code, but nobody has joined on this phone yet.")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Erasing_without_an_answer_claims_nothing()
    {
        await using var phone = await Phone.TakeAsync(system, await browser.NewPhoneAsync());
        await phone.JoinAsync();
        await phone.Context.SetOfflineAsync(true);
        await phone.Button("Event and data").ClickAsync();
        await phone.Button("Erase my data").ClickAsync();
        await phone.Button("Erase everything").ClickAsync();
        await Expect(phone.Page.GetByRole(AriaRole.Heading, new() { Name = "Not sure yet" })).ToBeVisibleAsync();
        await phone.Button("All right").ClickAsync();

        // Somebody carries on elsewhere: this phone's token says nothing about being erased.
        using var client = system.NewClient();
        var code = await phone.RecoveryCodeAsync();
        using var recovered = await client.PostAsJsonAsync("/api/visitors/recover", new RecoverRequest(code), Cancellation);
        recovered.EnsureSuccessStatusCode();
        await phone.Page.RouteAsync("**/updates*/**", route => route.AbortAsync());
        await phone.Page.RouteAsync("**/updates", route => route.AbortAsync());
        await phone.Context.SetOfflineAsync(false);
        await phone.Button("Erase my data").ClickAsync();
        await phone.Button("Erase everything").ClickAsync();
        await Expect(phone.Page.GetByRole(AriaRole.Heading, new() { Name = "This phone is signed out" })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task The_screen_stays_on_while_the_own_code_is_shown_and_no_longer()
    {
        await using var phone = await Phone.TakeAsync(system, await browser.NewPhoneAsync());
        await phone.Context.AddInitScriptAsync("""
            self.awake = 0;
            Object.defineProperty(navigator, "wakeLock", { value: { request: async () => (self.awake++, { release: async () => { self.awake--; } }) } });
            """);
        await phone.JoinAsync();
        Assert.Equal(0, await phone.Page.EvaluateAsync<int>("() => self.awake"));
        await phone.Button("My QR").ClickAsync();
        await phone.Page.WaitForFunctionAsync("() => self.awake === 1");
        await phone.Button("Back").ClickAsync();
        await phone.Page.WaitForFunctionAsync("() => self.awake === 0");
    }

    private async Task<(Guid EventId, SpotDetails Spot)> CreateAsync(string name, SpotSettings spot)
    {
        var settings = new EventSettings(
            name, PaletteCount: 2, CooldownSeconds: 0, new EventContact("Desk", "desk@festival.example", "+81 3 1234 5678"),
            "https://festival.example/", new DateTimeOffset(2030, 5, 1, 12, 0, 0, TimeSpan.Zero));
        var created = await system.Staff.CreateEventAsync(settings, Cancellation);
        return (created.Id, await system.Staff.CreateSpotAsync(created.Id, spot, Cancellation));
    }
}
