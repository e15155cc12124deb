using Microsoft.Playwright;
using Repaint.Contracts.Http;
using Repaint.Tests.EndToEnd;
using static Microsoft.Playwright.Assertions;

namespace Repaint.Tests.Browser;

/// <summary>Every screen of the console in both languages, light and dark, at the desk and in a hand.</summary>
[Collection(SystemCollection.Name)]
public sealed class ConsoleLooksTests(SystemFixture system, BrowserFixture browser)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_screen_is_accessible_and_fits_a_phone_in_Japanese()
    {
        await using var phone = await StaffDesk.PhoneAsync(system, browser, "ja-JP");
        await phone.OpenAsync();
        await phone.Page.Locator(".welcome .mud-button-filled").WaitForAsync();
        await phone.CheckLooksAsync();
        await CheckAsync(phone, ["新しいイベント", "Demo", "写真撮影", "画像の登録", "進行状況", "統計", "ポスターとスポット", "メンバー", "設定", "ポスター", "画面表示用のコード", "画像"]);
    }

    [Fact]
    public async Task Every_screen_is_accessible_and_fits_a_desk_in_English_and_switches_language_without_losing_a_word()
    {
        await using var desk = await StaffDesk.LaptopAsync(system, browser, colours: ColorScheme.Dark);
        await CheckAsync(desk, ["New event", "Demo", "Photograph", "Upload pictures", "Board", "Statistics", "Posters and spots", "Members", "Settings", "Poster", "Code for a screen", "Picture"]);

        await desk.GoAsync("events/new", "New event");
        await desk.Page.FillAsync("#event-name", "夏祭り");
        await desk.Button("日本語に切り替える").ClickAsync();
        await Expect(desk.Heading("新しいイベント")).ToBeVisibleAsync();
        await Expect(desk.Page.Locator("#event-name")).ToHaveValueAsync("夏祭り");
        await Expect(desk.Page.Locator("html")).ToHaveAttributeAsync("lang", "ja");
        await desk.Page.ReloadAsync();
        await Expect(desk.Heading("新しいイベント")).ToBeVisibleAsync();
    }

    private async Task CheckAsync(StaffDesk desk, string[] headings)
    {
        var page = desk.Page;
        var oneEvent = $"events/{system.Demo.Event.Id}";
        var spot = await system.Staff.CreateSpotAsync(system.Demo.Event.Id, new SpotSettings("Tablet", 30), Cancellation);
        var image = (await system.Staff.AddImageAsync(system.Demo.Event.Id, SystemFixture.Photo("dandelions.jpg"), Cancellation)).ImageId;
        await desk.SignInAsync();
        await page.Locator(".card-link").First.WaitForAsync();
        await desk.CheckLooksAsync();
        (string Path, string Wait)[] screens =
        [
            ("events/new", "#event-name"),
            (oneEvent, ".main-action"),
            ($"{oneEvent}/photograph", "#visitor-code"),
            ($"{oneEvent}/upload", ".drop"),
            ($"{oneEvent}/board", ".board-row .swatch, .board .empty"),
            ($"{oneEvent}/statistics", ".chart-svg"),
            ($"{oneEvent}/spots", ".poster-card"),
            ($"{oneEvent}/members", ".people"),
            ($"{oneEvent}/settings", "#event-name"),
            ($"{oneEvent}/posters/join", ".poster img"),
            ($"{oneEvent}/screens/{spot.Id}", ".spot-screen img"),
            ($"{oneEvent}/board/{image}", ".fact-list"),
        ];
        foreach (var (screen, heading) in screens.Zip(headings))
        {
            await desk.GoAsync(screen.Path, heading);
            await page.Locator(screen.Wait).First.WaitForAsync();
            await desk.CheckLooksAsync();
        }
    }
}
