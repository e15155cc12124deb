using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Playwright;
using Repaint.Tests.EndToEnd;
using static Microsoft.Playwright.Assertions;

namespace Repaint.Tests.Browser;

/// <summary>Festival networks: gone, back, and hostile to streams.</summary>
[Collection(SystemCollection.Name)]
public sealed class VisitorNetworkTests(SystemFixture system, BrowserFixture browser)
{
    private const int FirstViewBytes = 100_000;
    private const int FirstViewRequests = 45;

    [Fact]
    public async Task Without_a_network_the_last_picture_shows_and_a_printed_code_is_sent_later()
    {
        await using var phone = await Phone.TakeAsync(system, await browser.NewPhoneAsync());
        await phone.JoinAsync();
        await Expect(phone.Page.Locator(".my-picture img").Last).ToBeVisibleAsync();
        await phone.Page.WaitForFunctionAsync("() => navigator.serviceWorker.controller !== null");

        await phone.Context.SetOfflineAsync(true);
        await phone.Page.ReloadAsync();
        await Expect(phone.Page.GetByText("You are offline. This is the last picture you saw.")).ToBeVisibleAsync();
        await Expect(phone.Page.Locator(".my-picture img").Last).ToBeVisibleAsync();

        await phone.Page.EvaluateAsync("code => { location.hash = `pick=${code}`; }", system.Demo.Spots[1].Code);
        await Expect(phone.Page.GetByRole(AriaRole.Heading, new() { Name = "Saved for later" })).ToBeVisibleAsync();
        await phone.Button("To my picture").ClickAsync();
        await Expect(phone.Page.GetByText("Scans waiting to be sent: 1.")).ToBeVisibleAsync();

        await phone.Context.SetOfflineAsync(false);
        await Expect(phone.Page.Locator(".pan.held")).ToHaveCountAsync(1);
        await Expect(phone.Page.Locator(".offline")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task Where_streams_do_not_get_through_polling_with_the_etag_brings_the_sketch()
    {
        await using var phone = await Phone.TakeAsync(system, await browser.NewPhoneAsync());
        var statuses = new ConcurrentQueue<int>();
        phone.Page.Response += (_, response) =>
        {
            if (response.Url.EndsWith("/updates", StringComparison.Ordinal))
            {
                statuses.Enqueue(response.Status);
            }
        };
        await phone.Page.RouteAsync("**/updates/stream", route => route.AbortAsync());

        await phone.JoinAsync();
        await phone.BePhotographedAsync();
        await Expect(phone.Page.GetByText("Your sketch is ready. Find colours at the spots.")).ToBeVisibleAsync();
        await phone.Page.WaitForResponseAsync(response => response.Url.EndsWith("/updates", StringComparison.Ordinal) && response.Status == 304);
        Assert.Contains(200, statuses);
    }

    [Fact]
    public async Task What_happened_while_the_phone_slept_is_there_when_it_wakes()
    {
        await using var phone = await Phone.TakeAsync(system, await browser.NewPhoneAsync());
        await phone.JoinAsync();
        await phone.Page.EvaluateAsync(Visibility("hidden"));
        var accepted = await system.Staff.PhotographAsync(
            system.Demo.Event.Id, await phone.VisitorIdAsync(), SystemFixture.Photo("astronaut.jpg"), TestContext.Current.CancellationToken);
        await phone.Page.EvaluateAsync(Visibility("visible"));
        await phone.WaitForPictureOfAsync(accepted.ImageId);

        static string Visibility(string state) =>
            $"() => {{ Object.defineProperty(document, 'visibilityState', {{ value: '{state}', configurable: true }}); document.dispatchEvent(new Event('visibilitychange')); }}";
    }

    [Fact]
    public async Task The_first_view_stays_within_its_budget()
    {
        await using var phone = await Phone.TakeAsync(system, await browser.NewPhoneAsync("ja-JP"));
        var network = await phone.Context.NewCDPSessionAsync(phone.Page);
        var files = new ConcurrentDictionary<string, string>();
        var sizes = new ConcurrentQueue<(string File, double Bytes)>();
        network.Event("Network.requestWillBeSent").OnEvent += (_, sent) =>
            files[Id(sent)] = new Uri(sent!.Value.GetProperty("request").GetProperty("url").GetString()!).AbsolutePath;
        network.Event("Network.loadingFinished").OnEvent += (_, finished) =>
            sizes.Enqueue((files[Id(finished)], finished!.Value.GetProperty("encodedDataLength").GetDouble()));
        await network.SendAsync("Network.enable");
        await phone.OpenAsync($"/?event={system.Demo.Event.Id}");
        await Expect(phone.Button("同意して参加する")).ToBeVisibleAsync();
        await phone.Page.WaitForLoadStateAsync(LoadState.NetworkIdle);

        var log = string.Join('\n', sizes.Select(size => $"{size.Bytes,7} {size.File}"));
        TestContext.Current.TestOutputHelper?.WriteLine($"{log}\n{sizes.Sum(size => size.Bytes),7} in {sizes.Count} requests");
        Assert.InRange(sizes.Count, 5, FirstViewRequests);
        Assert.True(sizes.Sum(size => size.Bytes) is > 10_000 and <= FirstViewBytes, log);
        // The decoder is loaded by those who scan.
        Assert.DoesNotContain(phone.Requested, url => url.Contains("zxing", StringComparison.Ordinal));

        static string Id(JsonElement? parameters) => parameters!.Value.GetProperty("requestId").GetString()!;
    }

    [Fact]
    public async Task A_copied_address_of_a_picture_gives_another_browser_nothing()
    {
        await using var phone = await Phone.TakeAsync(system, await browser.NewPhoneAsync());
        await phone.JoinAsync();
        await Expect(phone.Page.Locator(".my-picture img").Last).ToBeVisibleAsync();
        await phone.UntilAsync("session.picture.version >= session.update.version && session.update.state === 'ready'");
        var used = phone.Delivered.Last();
        var shown = await phone.Page.Locator(".my-picture img").Last.GetAttributeAsync("src");

        await using var other = await browser.NewPhoneAsync();
        var page = await other.NewPageAsync();
        var answer = await page.GotoAsync(used);
        Assert.Equal(410, answer!.Status);
        Assert.StartsWith("blob:", shown);
        await page.GotoAsync(system.State.Urls.Api.ToString());
        Assert.False(await page.EvaluateAsync<bool>("address => fetch(address).then(() => true, () => false)", shown));
    }

    [Fact]
    public async Task Every_language_says_everything()
    {
        await using var phone = await Phone.TakeAsync(system, await browser.NewPhoneAsync());
        await phone.OpenAsync();
        var keys = await phone.Page.EvaluateAsync<JsonElement>("""
            async () => {
              const [ja, en] = await Promise.all(["ja", "en"].map(async (code) => (await import(`/js/words/${code}.js`)).default));
              const holes = (text) => [...text.matchAll(/\{\w+\}/g)].map(String).sort().join();
              return [Object.keys(ja), Object.keys(en)].map((list) => list.sort().join()).concat(Object.keys(ja).filter((key) => holes(ja[key]) !== holes(en[key])));
            }
            """);
        Assert.Equal(2, keys.GetArrayLength());
        Assert.Equal(keys[0].GetString(), keys[1].GetString());
    }
}
