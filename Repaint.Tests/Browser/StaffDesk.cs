using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Repaint.Tests.EndToEnd;
using static Microsoft.Playwright.Assertions;

namespace Repaint.Tests.Browser;

/// <summary>The staff console in a browser: a page, and what it complained about.</summary>
internal sealed partial class StaffDesk : IAsyncDisposable
{
    private readonly ConcurrentQueue<string> _complaints = new();
    private readonly SystemFixture _system;
    private readonly BrowserFixture _browser;

    private StaffDesk(SystemFixture system, BrowserFixture browser, IBrowserContext context)
    {
        _system = system;
        _browser = browser;
        Context = context;
        context.Page += (_, page) =>
        {
            page.PageError += (_, error) => _complaints.Enqueue(error);
            page.Console += (_, message) =>
            {
                if (Complaint().IsMatch(message.Text))
                {
                    _complaints.Enqueue(message.Text);
                }
            };
        };
    }

    public IBrowserContext Context { get; }

    public IPage Page { get; private set; } = null!;

    /// <summary>A laptop at the desk.</summary>
    public static Task<StaffDesk> LaptopAsync(
        SystemFixture system, BrowserFixture browser, string locale = "en-GB", ColorScheme colours = ColorScheme.Light, IBrowser? camera = null) =>
        OpenAsync(system, browser, camera, new()
        {
            ViewportSize = new() { Width = 1440, Height = 900 },
            Locale = locale,
            ColorScheme = colours,
            Permissions = ["camera", "clipboard-write"],
        });

    /// <summary>A phone in a hand.</summary>
    public static Task<StaffDesk> PhoneAsync(
        SystemFixture system, BrowserFixture browser, string locale = "en-GB", ColorScheme colours = ColorScheme.Light, IBrowser? camera = null) =>
        OpenAsync(system, browser, camera, new()
        {
            ViewportSize = new() { Width = 390, Height = 844 },
            IsMobile = true,
            HasTouch = true,
            Locale = locale,
            ColorScheme = colours,
            Permissions = ["camera"],
        });

    public ILocator Button(string name) => Page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    public ILocator Heading(string name) => Page.GetByRole(AriaRole.Heading, new() { Name = name, Exact = true });

    public async Task NewPageAsync() => Page = await Context.NewPageAsync();

    public Task OpenAsync(string path = "") => Page.GotoAsync(Address(path));

    /// <summary>Opens a page as a stranger and signs in: by the form at first, and from then on by what the authority remembers.</summary>
    public async Task SignInAsync(string path = "")
    {
        await OpenAsync(path);
        await Page.Locator(".welcome .mud-button-filled").ClickAsync();
        if (_browser.StaffSignIn is null)
        {
            await FillSignInAsync();
        }

        await Page.Locator("[aria-label='Account'], [aria-label='アカウント']").First.WaitForAsync();
    }

    /// <summary>The authority's own page.</summary>
    public async Task FillSignInAsync()
    {
        await Page.FillAsync("#user-name", _system.Account.UserName);
        await Page.FillAsync("#password", _system.Account.Password);
        await Page.Locator("button[type=submit]").ClickAsync();
        await Page.WaitForURLAsync(new Regex("/console/"));
        _browser.StaffSignIn = await Context.StorageStateAsync();
    }

    /// <summary>To another page of the console, as a link in it would lead.</summary>
    public async Task GoAsync(string path, string heading)
    {
        await Page.EvaluateAsync("path => Blazor.navigateTo(path)", path);
        await Expect(Page.Locator("h1")).ToHaveTextAsync(heading);
    }

    public async Task CheckLooksAsync() => await Looks.CheckAsync(Page, $"{await Page.TitleAsync()} ({Page.Url})");

    public async ValueTask DisposeAsync()
    {
        await Context.DisposeAsync();
        Assert.Empty(_complaints);
    }

    private static async Task<StaffDesk> OpenAsync(SystemFixture system, BrowserFixture browser, IBrowser? camera, BrowserNewContextOptions options)
    {
        options.StorageState = browser.StaffSignIn;
        options.ReducedMotion = ReducedMotion.Reduce;
        var desk = new StaffDesk(system, browser, await browser.NewContextAsync(camera, options));
        await desk.NewPageAsync();
        return desk;
    }

    private string Address(string path) => new Uri(_system.State.Urls.Api, $"/console/{path}").ToString();

    // What a browser says about a broken policy, and the console about a mistake of ours that it survived.
    [GeneratedRegex("Content Security Policy|^(fail|crit): |Unhandled exception", RegexOptions.IgnoreCase)]
    private static partial Regex Complaint();
}
