using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Repaint.Tests.EndToEnd;
using Repaint.Tests.Infrastructure;
using static Microsoft.Playwright.Assertions;

namespace Repaint.Tests.Browser;

/// <summary>What visitors do, on a phone, against the whole system.</summary>
[Collection(SystemCollection.Name)]
public sealed class VisitorJourneyTests(SystemFixture system, BrowserFixture browser)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task From_the_poster_over_sketch_and_scan_to_the_share_sheet_and_to_being_erased()
    {
        using var folder = new TemporaryFolder("film");
        var film = Path.Combine(folder.Path, "spot.y4m");
        CameraFilm.Write(film, new Uri(system.State.Urls.Api, $"/#pick={system.Demo.Spots[0].Code}").ToString());
        await using var camera = await browser.LaunchWithCameraAsync(film);
        await using var phone = await Phone.TakeAsync(system, await browser.NewPhoneAsync(browser: camera));
        await phone.Context.GrantPermissionsAsync(["camera"]);
        await phone.Context.AddInitScriptAsync("""
            navigator.canShare = () => true;
            navigator.share = async (data) => { self.shared = { keys: Object.keys(data), type: data.files[0].type, size: data.files[0].size }; };
            """);
        var page = phone.Page;

        await phone.OpenAsync($"/?event={system.Demo.Event.Id}");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Before you join" })).ToBeVisibleAsync();
        Assert.DoesNotContain("event=", page.Url);
        await phone.Button("Agree and join").ClickAsync();
        await Expect(page.Locator(".code")).ToHaveTextAsync(new Regex("^[0-9A-Z]{4}(-[0-9A-Z]{4})+$"));
        await phone.Button("Show my QR code").ClickAsync();
        await Expect(page.GetByAltText("Your QR code, for the staff to scan")).ToBeVisibleAsync();
        await phone.Button("Back").ClickAsync();

        await phone.BePhotographedAsync();
        await Expect(page.GetByText("Your sketch is ready. Find colours at the spots.")).ToBeVisibleAsync();
        await Expect(page.Locator(".my-picture img")).ToHaveCountAsync(1);
        await Expect(page.Locator(".pan.missing")).ToHaveCountAsync(system.Demo.Event.PaletteCount);

        await phone.Button("Scan a spot").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "You found a colour!" })).ToBeVisibleAsync();
        await Expect(page.Locator(".won-colour")).ToHaveTextAsync(new Regex("^#[0-9a-f]{6}$"));
        await Expect(page.Locator("[data-shows=alone]")).ToContainTextAsync("What");
        await Expect(page.Locator("[data-shows=placed]")).ToContainTextAsync("And back in your picture.");
        await phone.Button("To my picture").ClickAsync();
        await Expect(page.Locator(".pan.held")).ToHaveCountAsync(1);
        await Expect(page.Locator(".my-picture img")).ToHaveCountAsync(1);
        Assert.True(await page.EvaluateAsync<bool>("""
            () => self.fades.some(({ frames, duration, under }) => under === 2 && duration > 1000
              && JSON.stringify(frames.map(({ opacity }) => opacity)) === "[0,1]")
            """));

        await phone.Button("Share").ClickAsync();
        await page.WaitForFunctionAsync("() => self.shared");
        Assert.Equal("files image/jpeg", await page.EvaluateAsync<string>("() => `${self.shared.keys} ${self.shared.type}`"));
        Assert.True(await page.EvaluateAsync<int>("() => self.shared.size") > 10_000);

        var saved = await page.RunAndWaitForDownloadAsync(() => phone.Button("Save").ClickAsync());
        var file = await File.ReadAllBytesAsync(await saved.PathAsync(), Cancellation);
        Assert.Equal("repaint.jpg", saved.SuggestedFilename);
        Assert.Equal([0xff, 0xd8], file[..2]);
        Assert.Equal([0xff, 0xd9], file[^2..]);

        var token = await phone.TokenAsync();
        await phone.Button("Event and data").ClickAsync();
        await phone.Button("Erase my data").ClickAsync();
        await phone.Button("Erase everything").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Erased" })).ToBeVisibleAsync();
        using var client = system.NewClient(token);
        using var gone = await client.GetAsync("/api/visitors/me", Cancellation);
        Assert.Equal(HttpStatusCode.Unauthorized, gone.StatusCode);
        await page.ReloadAsync();
        await Expect(phone.Button("I have a recovery code")).ToBeVisibleAsync();

        Assert.All(phone.Requested.Concat(phone.Said), text => Assert.DoesNotContain(token, text));
        Assert.DoesNotContain(Encoding.ASCII.GetBytes(token), file);
    }

    [Fact]
    public async Task Zooming_moves_the_picture_and_escape_closes_it()
    {
        await using var phone = await Phone.TakeAsync(system, await browser.NewPhoneAsync());
        await phone.JoinAsync();
        await Expect(phone.Page.Locator(".my-picture img").Last).ToBeVisibleAsync();
        await phone.Page.Locator(".framed").ClickAsync();
        var image = phone.Page.Locator("dialog.viewer img");
        await phone.Page.Keyboard.PressAsync("+");
        await Expect(image).ToHaveAttributeAsync("style", new Regex(@"scale\(1\.5\)"));
        await phone.Page.WaitForFunctionAsync("() => document.fullscreenElement !== null");
        await phone.Page.Keyboard.PressAsync("Escape");
        await Expect(image).ToHaveCountAsync(0);
        await phone.Page.WaitForFunctionAsync("() => document.fullscreenElement === null");
    }

    [Fact]
    public async Task Two_fingers_zoom_and_one_moves()
    {
        await using var phone = await Phone.TakeAsync(system, await browser.NewPhoneAsync());
        await phone.JoinAsync();
        await Expect(phone.Page.Locator(".my-picture img").Last).ToBeVisibleAsync();
        await phone.Page.Locator(".framed").ClickAsync();
        var touch = await phone.Context.NewCDPSessionAsync(phone.Page);
        await TouchAsync("touchStart", (150, 400), (250, 400));
        await TouchAsync("touchMove", (100, 400), (300, 400));
        await TouchAsync("touchEnd");
        var image = phone.Page.Locator("dialog.viewer img");
        await Expect(image).ToHaveAttributeAsync("style", new Regex(@"scale\(2\)"));
        var x = await HorizontallyAsync();
        await TouchAsync("touchStart", (200, 400));
        await TouchAsync("touchMove", (230, 400));
        await TouchAsync("touchEnd");
        await Expect(image).ToHaveAttributeAsync("style", new Regex(@"scale\(2\)"));
        Assert.Equal(x + 30, await HorizontallyAsync(), 0.5);

        Task<double> HorizontallyAsync() => image.EvaluateAsync<double>("image => new DOMMatrix(getComputedStyle(image).transform).e");

        Task TouchAsync(string type, params (int X, int Y)[] fingers) => touch.SendAsync("Input.dispatchTouchEvent", new()
        {
            ["type"] = type,
            ["touchPoints"] = fingers.Select((finger, id) => new { x = finger.X, y = finger.Y, id }).ToArray(),
        });
    }

    [Fact]
    public async Task Choosing_the_events_picture_paints_that_one()
    {
        await using var phone = await Phone.TakeAsync(system, await browser.NewPhoneAsync());
        await phone.JoinAsync();
        await phone.BePhotographedAsync();
        await phone.Button("Pictures").ClickAsync();
        await phone.Page.GetByRole(AriaRole.Button, new() { Name = "Event picture 1" }).ClickAsync();
        await phone.Home.WaitForAsync();
        await phone.UntilAsync("session.selected?.kind === 'default' && session.picture?.imageId === session.selected.imageId");
        await Expect(phone.Page.Locator(".my-picture img")).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task The_same_spot_again_and_a_wrong_code_are_refused_kindly()
    {
        await using var phone = await Phone.TakeAsync(system, await browser.NewPhoneAsync());
        await phone.JoinAsync();
        await phone.OpenCodeAsync(system.Demo.Spots[0]);
        await Expect(phone.Page.GetByRole(AriaRole.Heading, new() { Name = "You found a colour!" })).ToBeVisibleAsync();
        Assert.DoesNotContain("pick", phone.Page.Url);
        await phone.OpenCodeAsync(system.Demo.Spots[0]);
        await Expect(phone.Page.GetByRole(AriaRole.Heading, new() { Name = "You were just here" })).ToBeVisibleAsync();
        await phone.OpenAsync("/#pick=AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
        await Expect(phone.Page.GetByRole(AriaRole.Heading, new() { Name = "This code does not work" })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_recovery_code_brings_the_visitor_to_another_phone_and_signs_the_first_one_out()
    {
        await using var first = await Phone.TakeAsync(system, await browser.NewPhoneAsync());
        await first.JoinAsync();
        await first.Button("Event and data").ClickAsync();
        await first.Button("Show my recovery code").ClickAsync();
        var code = await first.Page.Locator(".code").InnerTextAsync();

        await using var second = await Phone.TakeAsync(system, await browser.NewPhoneAsync());
        await second.OpenAsync();
        await second.Button("I have a recovery code").ClickAsync();
        await second.Page.GetByLabel("Recovery code").FillAsync(code.ToLowerInvariant().Replace("-", " ", StringComparison.Ordinal));
        await second.Button("Recover").ClickAsync();
        await second.Home.WaitForAsync();
        Assert.Equal(await first.VisitorIdAsync(), await second.VisitorIdAsync());

        await first.OpenAsync();
        await Expect(first.Page.GetByRole(AriaRole.Heading, new() { Name = "This phone is signed out" })).ToBeVisibleAsync();
    }
}
