using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Repaint.Tests.EndToEnd;
using static Microsoft.Playwright.Assertions;

namespace Repaint.Tests.Browser;

/// <summary>Every screen in both languages, light and dark: nothing that shuts somebody out, nothing wider than the phone.</summary>
[Collection(SystemCollection.Name)]
public sealed class VisitorLooksTests(SystemFixture system, BrowserFixture browser)
{
    private const string Line = "Mozilla/5.0 (Linux; Android 12; wv) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Mobile Safari/537.36 Line/13.0.0";

    [Theory]
    [InlineData("ja-JP", ColorScheme.Light, 390, 844)]
    [InlineData("en-GB", ColorScheme.Dark, 320, 568)]
    public async Task Every_screen_is_accessible_and_fits(string locale, ColorScheme colours, int width, int height)
    {
        await using var phone = await Phone.TakeAsync(system, await browser.NewPhoneAsync(locale, colours: colours, motion: ReducedMotion.Reduce));
        var page = phone.Page;
        await page.SetViewportSizeAsync(width, height);
        await phone.OpenAsync();
        await CheckAsync(page, "welcome");
        await page.Locator(".button").ClickAsync();
        await CheckAsync(page, "recover");
        await phone.OpenAsync($"/?event={system.Demo.Event.Id}");
        await page.Locator(".consent").WaitForAsync();
        await CheckAsync(page, "join");
        await page.Locator(".primary").ClickAsync();
        await CheckAsync(page, "recovery-code");
        await page.Locator(".primary").ClickAsync();
        await page.Locator(".qr-code img").WaitForAsync();
        await CheckAsync(page, "qr");
        await page.GoBackAsync();
        await Expect(page.Locator(".my-picture img").Last).ToBeVisibleAsync();
        await phone.BePhotographedAsync();
        await CheckAsync(page, "home");
        await phone.OpenCodeAsync(system.Demo.Spots[2]);
        await page.Locator("[data-shows=placed]").WaitForAsync();
        await CheckAsync(page, "picked");
        await page.Locator(".primary").ClickAsync();
        await Expect(page.Locator(".pan.held")).ToHaveCountAsync(1);
        await CheckAsync(page, "home");
        await page.Locator(".pans button").ClickAsync();
        await page.Locator("[data-shows=placed]").WaitForAsync();
        await CheckAsync(page, "palette");
        await page.GoBackAsync();
        await page.Locator(".dock .button").Nth(2).ClickAsync();
        await page.Locator(".choice img").First.WaitForAsync();
        await CheckAsync(page, "images");
        await page.GoBackAsync();
        await page.Locator(".dock .primary").ClickAsync();
        await CheckAsync(page, "scan");
        await page.GoBackAsync();
        await page.Locator(".bar .icon-button").ClickAsync();
        await CheckAsync(page, "about");
        await page.Locator(".danger").ClickAsync();
        await page.Locator("dialog").WaitForAsync();
        await CheckAsync(page, "about");
        await page.Locator("dialog .danger").ClickAsync();
        await CheckAsync(page, "ended");
    }

    [Fact]
    public async Task The_browser_inside_an_app_is_told_to_open_the_real_one()
    {
        await using var phone = await Phone.TakeAsync(system, await browser.NewPhoneAsync(userAgent: Line));
        await phone.OpenAsync($"/?event={system.Demo.Event.Id}");
        await Expect(phone.Page.GetByRole(AriaRole.Heading, new() { Name = "Not inside LINE, please" })).ToBeVisibleAsync();
        await CheckAsync(phone.Page, "leave-app");
        await Expect(phone.Page.GetByRole(AriaRole.Link, new() { Name = "Open in the browser" }))
            .ToHaveAttributeAsync("href", new Regex($"event={system.Demo.Event.Id}.*openExternalBrowser=1"));
        await phone.Page.GetByRole(AriaRole.Button, new() { Name = "Stay here (it may forget you)" }).ClickAsync();
        await Expect(phone.Button("Agree and join")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_browser_that_keeps_nothing_is_told_so()
    {
        await using var phone = await Phone.TakeAsync(system, await browser.NewPhoneAsync());
        await phone.Context.AddInitScriptAsync("IDBFactory.prototype.open = () => { throw new DOMException('', 'SecurityError'); };");
        await phone.OpenAsync($"/?event={system.Demo.Event.Id}");
        await Expect(phone.Page.GetByRole(AriaRole.Heading, new() { Name = "This browser keeps nothing" })).ToBeVisibleAsync();
        await Looks.CheckAsync(phone.Page, "no-storage");
    }

    [Fact]
    public async Task Who_wants_calm_sees_no_fading()
    {
        await using var phone = await Phone.TakeAsync(system, await browser.NewPhoneAsync(motion: ReducedMotion.Reduce));
        await phone.JoinAsync();
        await phone.BePhotographedAsync();
        Assert.True(await phone.Page.EvaluateAsync<bool>("() => self.fades.every((fade) => fade.duration <= 1)"));
    }

    private static async Task CheckAsync(IPage page, string screen)
    {
        await page.Locator($"main.{screen}").WaitForAsync();
        await Looks.CheckAsync(page, screen);
    }
}
