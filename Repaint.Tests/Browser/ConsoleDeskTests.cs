using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Repaint.Contracts;
using Repaint.Contracts.Http;
using Repaint.Tests.EndToEnd;
using static Microsoft.Playwright.Assertions;

namespace Repaint.Tests.Browser;

/// <summary>What staff do at the desk, against the whole system.</summary>
[Collection(SystemCollection.Name)]
public sealed class ConsoleDeskTests(SystemFixture system, BrowserFixture browser)
{
    private const double FirstLoadBytes = 4_000_000;

    // Half a minute before an access token ends by this device's clock, two requests at once get the same new one.
    private const string RenewSoonBeforeTheEnd = """
        async () => {
          const { accessToken } = await import("/console/js/sign-in.js");
          const { token } = await accessToken();
          const { exp } = JSON.parse(atob(token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/")));
          const now = Date.now.bind(Date);
          const ahead = exp * 1000 - 30_000 - now();
          Date.now = () => now() + ahead;
          const [first, second] = await Promise.all([accessToken(), accessToken()]);
          Date.now = now;
          return first.token !== token && first.token === second.token;
        }
        """;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>A picture that arrives, and that no decoder can make anything of.</summary>
    private static byte[] Damaged => SystemFixture.Photo("astronaut.jpg")[..^60_000];

    [Fact]
    public async Task Signing_in_loads_little_keeps_no_token_and_ends_with_signing_out()
    {
        browser.StaffSignIn = null;
        await using var desk = await StaffDesk.LaptopAsync(system, browser);
        var network = await desk.Context.NewCDPSessionAsync(desk.Page);
        var files = new ConcurrentDictionary<string, string>();
        var sizes = new ConcurrentQueue<(string File, double Bytes)>();
        network.Event("Network.requestWillBeSent").OnEvent += (_, sent) =>
            files[Id(sent)] = new Uri(sent!.Value.GetProperty("request").GetProperty("url").GetString()!).AbsolutePath;
        network.Event("Network.loadingFinished").OnEvent += (_, finished) =>
            sizes.Enqueue((files[Id(finished)], finished!.Value.GetProperty("encodedDataLength").GetDouble()));
        await network.SendAsync("Network.enable");

        await desk.SignInAsync();
        await Expect(desk.Page.Locator(".card-link").First).ToBeVisibleAsync();

        var log = string.Join('\n', sizes.OrderByDescending(size => size.Bytes).Take(20).Select(size => $"{size.Bytes,8} {size.File}"));
        TestContext.Current.TestOutputHelper?.WriteLine($"{sizes.Sum(size => size.Bytes)} bytes in {sizes.Count} files\n{log}");
        Assert.True(sizes.Sum(size => size.Bytes) is > 1_000_000 and <= FirstLoadBytes, log);
        Assert.DoesNotContain(sizes, size => size.File.Contains("zxing", StringComparison.Ordinal) || size.File.EndsWith("charts.js", StringComparison.Ordinal));
        var stored = await desk.Page.EvaluateAsync<string>("() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie])");
        Assert.DoesNotMatch("eyJ|token|\\w{40}", stored);

        // A reload keeps nothing and asks the authority, which still knows.
        await desk.Page.ReloadAsync();
        await Expect(desk.Page.Locator(".card-link").First).ToBeVisibleAsync();
        Assert.True(await desk.Page.EvaluateAsync<bool>(RenewSoonBeforeTheEnd));
        await desk.Context.SetOfflineAsync(true);
        await SignOutAsync();
        await Expect(desk.Page.GetByText("You are still signed in")).ToBeVisibleAsync();
        await desk.Context.SetOfflineAsync(false);
        await SignOutAsync();
        await Expect(desk.Button("Sign in")).ToBeVisibleAsync();
        await desk.Button("Sign in").ClickAsync();
        await Expect(desk.Page.Locator("#user-name")).ToBeVisibleAsync();
        browser.StaffSignIn = null;

        async Task SignOutAsync()
        {
            await desk.Button("Account").ClickAsync();
            await desk.Page.GetByText("Sign out").ClickAsync();
        }

        static string Id(JsonElement? parameters) => parameters!.Value.GetProperty("requestId").GetString()!;
    }

    [Fact]
    public async Task An_event_is_made_although_the_session_ends_and_its_pictures_are_uploaded()
    {
        await using var desk = await StaffDesk.LaptopAsync(system, browser);
        var page = desk.Page;
        await desk.SignInAsync("events/new");
        await page.FillAsync("#event-name", "Harbour lights");
        await page.FillAsync("#event-palettes", "5");
        await page.FillAsync("#event-kept", "2033-03-31");
        await page.FillAsync("#event-email", "desk@harbour.example");
        await page.RouteAsync("**/api/staff/events", route => route.FulfillAsync(new() { Status = 401 }), new() { Times = 1 });
        await desk.Button("Create event").ClickAsync();
        await Expect(page.GetByText("Your session has ended.").First).ToBeVisibleAsync();
        await Expect(page.Locator("#event-name")).ToHaveValueAsync("Harbour lights");
        await desk.Button("Sign in").First.ClickAsync();
        await Expect(page.GetByText("Your session has ended.")).ToHaveCountAsync(0);
        await desk.Button("Create event").ClickAsync();
        await Expect(desk.Heading("Harbour lights")).ToBeVisibleAsync();

        var eventId = Guid.Parse(new Regex("[0-9a-f-]{36}").Match(page.Url).Value);
        await desk.GoAsync($"events/{eventId}/settings", "Settings");
        await Expect(page.Locator("#event-palettes")).ToHaveValueAsync("5");
        await Expect(page.Locator("#event-kept")).ToHaveValueAsync("2033-03-31");
        await Expect(page.Locator("#event-email")).ToHaveValueAsync("desk@harbour.example");

        await desk.GoAsync($"events/{eventId}/members", "Members");
        await page.FillAsync("#invite-email", "helper@harbour.example");
        await desk.Button("Make link").ClickAsync();
        await Expect(page.Locator(".link-field")).ToHaveValueAsync(new Regex("/console/invitation#.{20,}$"));
        var invitation = await page.Locator(".link-field").InputValueAsync();
        await desk.Button("Copy").ClickAsync();
        await Expect(page.GetByText("Link copied.")).ToBeVisibleAsync();

        await desk.GoAsync($"events/{eventId}/upload", "Upload pictures");
        var network = await desk.Context.NewCDPSessionAsync(page);
        await ThrottleAsync(network, bytesPerSecond: 60_000);
        await page.EvaluateAsync("""
            () => {
              self.progress = [];
              new MutationObserver(() => document.querySelectorAll(".uploads [aria-valuenow]").forEach((bar) => self.progress.push(Number(bar.ariaValueNow))))
                .observe(document.querySelector(".uploads"), { subtree: true, childList: true, attributes: true });
            }
            """);
        FilePayload[] files =
        [
            new() { Name = "dandelions.jpg", MimeType = "image/jpeg", Buffer = SystemFixture.Photo("dandelions.jpg") },
            new() { Name = "regretted.jpg", MimeType = "image/jpeg", Buffer = SystemFixture.Photo("astronaut.jpg") },
            new() { Name = "notes.txt", MimeType = "text/plain", Buffer = "not a picture"u8.ToArray() },
        ];
        await page.Locator(".drop input").SetInputFilesAsync(files);
        var regretted = page.Locator(".uploads li", new() { HasText = "regretted.jpg" });
        await regretted.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();
        await Expect(regretted).ToHaveAttributeAsync("data-state", "cancelled");
        await page.WaitForFunctionAsync("() => self.progress.some((value) => value > 0 && value < 100)");
        await ThrottleAsync(network, bytesPerSecond: -1);
        await Expect(page.Locator(".uploads li", new() { HasText = "dandelions.jpg" })).ToHaveAttributeAsync("data-state", "sent");
        var notes = page.Locator(".uploads li", new() { HasText = "notes.txt" });
        await Expect(notes).ToHaveAttributeAsync("data-state", "failed");
        await Expect(notes).ToContainTextAsync("This type of file is not accepted.");
        await regretted.GetByRole(AriaRole.Button, new() { Name = "Try again" }).ClickAsync();
        await Expect(regretted).ToHaveAttributeAsync("data-state", "sent");

        // What was done here is still here after looking elsewhere.
        await desk.GoAsync($"events/{eventId}/board", "Board");
        await Expect(page.Locator(".board-row[data-state=Clustered]")).ToHaveCountAsync(2);
        await desk.GoAsync($"events/{eventId}/upload", "Upload pictures");
        await Expect(page.Locator(".uploads li[data-state=sent]")).ToHaveCountAsync(2);

        await page.EvaluateAsync("path => Blazor.navigateTo(path)", invitation);
        await desk.Button("Accept").ClickAsync();
        await Expect(page.Locator("main .trouble")).ToContainTextAsync("This invitation is for another e-mail address.");
        await page.EvaluateAsync("path => Blazor.navigateTo(path)", $"events/{system.Demo.Spots[0].Id}/board");
        await Expect(page.Locator("main .trouble")).ToContainTextAsync("you are not a member of this event");
    }

    [Fact]
    public async Task A_poster_is_one_page_and_a_screen_at_a_spot_fills_it_stays_awake_and_changes_its_code()
    {
        await using var desk = await StaffDesk.LaptopAsync(system, browser);
        var page = desk.Page;
        var spot = await system.Staff.CreateSpotAsync(system.Demo.Event.Id, new SpotSettings("Tablet", RotationSeconds: 15), Cancellation);
        await page.AddInitScriptAsync("""
            self.locks = 0;
            navigator.wakeLock.request = async () => { self.locks++; return { release: async () => { self.locks--; } }; };
            """);
        // As if each code were over at once, so that nobody waits for the next.
        await page.RouteAsync("**/spots/*/code", async route =>
        {
            var answer = await route.FetchAsync();
            await route.FulfillAsync(new()
            {
                Response = answer,
                Body = Regex.Replace(await answer.TextAsync(), "\"changesAt\":\"[^\"]*\"", "\"changesAt\":\"2020-01-01T00:00:00Z\""),
            });
        });
        await desk.SignInAsync($"events/{system.Demo.Event.Id}/posters/{system.Demo.Spots[0].Id}");
        await Expect(page.Locator(".poster img")).ToBeVisibleAsync();
        await Expect(page.Locator(".poster [lang=ja]")).ToBeVisibleAsync();
        await Expect(page.Locator(".poster [lang=en]")).ToBeVisibleAsync();
        var pdf = Encoding.Latin1.GetString(await page.PdfAsync(new() { PreferCSSPageSize = true }));
        Assert.Single(Regex.Matches(pdf, @"/Type\s*/Page\b"));

        await desk.GoAsync($"events/{system.Demo.Event.Id}/screens/{spot.Id}", "Code for a screen");
        var code = page.Locator(".spot-screen img");
        await Expect(code).ToBeVisibleAsync();
        var first = await code.GetAttributeAsync("src");
        await desk.Button("Full screen").ClickAsync();
        await page.WaitForFunctionAsync("() => document.fullscreenElement?.className === 'spot-screen' && self.locks === 1");
        await Expect(code).Not.ToHaveAttributeAsync("src", first!);
        await page.EvaluateAsync("() => document.exitFullscreen()");
        await desk.GoAsync($"events/{system.Demo.Event.Id}", system.Demo.Event.Name);
        await page.WaitForFunctionAsync("() => self.locks === 0");
    }

    [Fact]
    public async Task The_board_is_live_and_failures_are_explained_tried_again_and_deleted()
    {
        await using var desk = await StaffDesk.LaptopAsync(system, browser);
        var page = desk.Page;
        var made = await system.Staff.CreateEventAsync(new EventSettings("Live board", PaletteCount: 4), Cancellation);
        await desk.SignInAsync($"events/{made.Id}/board");
        await Expect(page.Locator(".live")).ToHaveAttributeAsync("data-live", "true");
        await Expect(page.GetByText("There is nothing here yet.")).ToBeVisibleAsync();

        var good = await system.Staff.AddImageAsync(made.Id, SystemFixture.Photo("dandelions.jpg"), Cancellation);
        await system.Staff.AddImageAsync(made.Id, Damaged, Cancellation);

        var ready = page.Locator(".board-row[data-state=Clustered]");
        await Expect(ready.Locator(".thumbnail img")).ToHaveCountAsync(1);
        await Expect(ready.Locator(".swatch")).ToHaveCountAsync(4);
        await Expect(ready.Locator(".trace-link")).ToHaveAttributeAsync("href", new Regex("/traces/detail/[0-9a-f]{32}$"));
        var failed = page.Locator(".board-row[data-state=Failed]");
        await Expect(failed).ToContainTextAsync("The picture is damaged.");
        await Expect(failed).ToContainTextAsync("attempt 1");
        await Expect(page.Locator("[data-queue=failed]")).ToHaveTextAsync("1");
        await failed.GetByRole(AriaRole.Button, new() { Name = "Try again" }).ClickAsync();
        await Expect(failed).ToContainTextAsync("attempt 2");
        await desk.Button("Retry all failed").ClickAsync();
        await Expect(failed).ToContainTextAsync("attempt 3");

        await page.FillAsync("#board-search", good.ImageId.ToString());
        await Expect(page.Locator(".board-row")).ToHaveCountAsync(1);
        await Expect(ready).ToHaveCountAsync(1);
        await page.FillAsync("#board-search", "");
        await Expect(page.Locator(".board-row")).ToHaveCountAsync(2);

        using var visitor = new TestVisitor(system.State.Urls.Api);
        await visitor.JoinAsync(made.Id);
        await system.Staff.PhotographAsync(made.Id, visitor.Id, SystemFixture.Photo("astronaut.jpg"), Cancellation);
        await Expect(page.Locator(".board-row")).ToHaveCountAsync(3);
        await page.RunAndWaitForRequestAsync(
            () => page.FillAsync("#board-search", VisitorShortCode.Of(visitor.Id)),
            request => request.Url.Contains($"visitorId={visitor.Id}", StringComparison.Ordinal));
        await Expect(page.Locator(".board-row")).ToHaveCountAsync(1);
        await page.FillAsync("#board-search", "");
        await Expect(page.Locator(".board-row")).ToHaveCountAsync(3);
        await desk.Button("event pictures").ClickAsync();
        await Expect(page.Locator(".board-row")).ToHaveCountAsync(2);
        await desk.Button("failed").ClickAsync();
        await Expect(page.Locator(".board-row")).ToHaveCountAsync(1);
        await failed.GetByRole(AriaRole.Button, new() { NameRegex = new Regex("^Delete") }).ClickAsync();
        await page.Locator(".mud-dialog").GetByRole(AriaRole.Button, new() { Name = "Delete" }).ClickAsync();
        await Expect(page.Locator(".board-row")).ToHaveCountAsync(0);
        await desk.Button("all").ClickAsync();

        await ready.Locator("a.thumbnail").ClickAsync();
        await Expect(page.Locator(".picture-frame img")).ToHaveAttributeAsync("data-set", "000f");
        foreach (var look in (string[])["Sketch", "Label map", "Photograph"])
        {
            var before = await page.Locator(".picture-frame img").GetAttributeAsync("src");
            await desk.Button(look).ClickAsync();
            await Expect(page.Locator(".picture-frame img")).Not.ToHaveAttributeAsync("src", before!);
        }

        await page.Locator(".only").First.ClickAsync();
        await Expect(page.Locator(".picture-frame img:not(.older)")).ToHaveAttributeAsync("data-set", "0001");
    }

    private static async Task ThrottleAsync(ICDPSession network, int bytesPerSecond) =>
        await network.SendAsync("Network.emulateNetworkConditions", new()
        {
            ["offline"] = false,
            ["latency"] = 0,
            ["downloadThroughput"] = -1,
            ["uploadThroughput"] = bytesPerSecond,
        });
}
