using Microsoft.Playwright;
using Repaint.Contracts;
using Repaint.Tests.EndToEnd;
using Repaint.Tests.Infrastructure;
using static Microsoft.Playwright.Assertions;

namespace Repaint.Tests.Browser;

/// <summary>写真撮影 with the console on a phone: the code, the picture, the network that goes away.</summary>
[Collection(SystemCollection.Name)]
public sealed class ConsolePhotographTests(SystemFixture system, BrowserFixture browser)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_visitor_is_scanned_photographed_and_not_overwritten_unasked()
    {
        using var visitor = await system.JoinAsync();
        using var folder = new TemporaryFolder("film");
        var film = Path.Combine(folder.Path, "visitor.y4m");
        CameraFilm.Write(film, new VisitorQr(system.Demo.Event.Id, visitor.Id).ToString(), SystemFixture.Photo("astronaut.jpg"));
        await using var camera = await browser.LaunchWithCameraAsync(film);
        await using var phone = await StaffDesk.PhoneAsync(system, browser, "ja-JP", camera: camera);
        var page = phone.Page;

        await phone.SignInAsync($"events/{system.Demo.Event.Id}/photograph");
        await Expect(page.GetByText($"参加者 {VisitorShortCode.Of(visitor.Id)}")).ToBeVisibleAsync();
        await Expect(page.GetByText("未撮影")).ToBeVisibleAsync();
        await TakeAsync(page);
        await Expect(page.Locator(".preview")).ToBeVisibleAsync();
        await phone.Button("撮り直す").ClickAsync();
        await TakeAsync(page);
        await phone.Button("送信").ClickAsync();
        await Expect(phone.Heading("パレットができました")).ToBeVisibleAsync();
        await Expect(page.Locator(".swatches.large .swatch")).ToHaveCountAsync(system.Demo.Event.PaletteCount);
        Assert.Equal(
            ImageState.Clustered, (await system.Staff.GetVisitorAsync(system.Demo.Event.Id, visitor.Id, Cancellation)).State);

        // The film shows the same visitor again.
        await phone.Button("次の参加者").ClickAsync();
        await Expect(page.GetByText("この参加者はすでに撮影済みです。")).ToBeVisibleAsync();
        await phone.Button("前の写真を残す").ClickAsync();
        await Expect(page.GetByText("この参加者はすでに撮影済みです。")).ToBeVisibleAsync();
        await phone.Button("置き換える").ClickAsync();
        await UseFileAsync(page, "dandelions.jpg");
        await phone.Button("送信").ClickAsync();
        await Expect(phone.Heading("パレットができました")).ToBeVisibleAsync();
        var status = await system.Staff.GetVisitorAsync(system.Demo.Event.Id, visitor.Id, Cancellation);
        Assert.Equal(2, (await system.Staff.GetImageAsync(system.Demo.Event.Id, status.ImageId!.Value, Cancellation)).Revision);
    }

    [Fact]
    public async Task A_photograph_waits_without_a_network_outlives_its_tab_and_goes_by_itself()
    {
        using var visitor = await system.JoinAsync();
        await using var phone = await StaffDesk.PhoneAsync(system, browser);
        await AimAsync(phone, visitor);
        await UseFileAsync(phone.Page, "astronaut.jpg");
        await phone.Page.EvaluateAsync("() => navigator.serviceWorker.ready.then(() => true)");

        await phone.Context.SetOfflineAsync(true);
        await phone.Button("Send").ClickAsync();
        await Expect(phone.Page.GetByText("Saved on this device.")).ToBeVisibleAsync();
        await phone.Page.CloseAsync();
        await phone.NewPageAsync();
        await phone.OpenAsync($"events/{system.Demo.Event.Id}/photograph");
        await Expect(phone.Page.Locator(".waiting-count")).ToContainTextAsync("1");
        await Expect(phone.Page.GetByText("There is no connection to the server.")).ToBeVisibleAsync();

        await phone.Context.SetOfflineAsync(false);
        await Expect(phone.Page.Locator(".top-bar")).ToBeVisibleAsync();
        await Eventually.IsAsync(async () =>
            (await system.Staff.GetVisitorAsync(system.Demo.Event.Id, visitor.Id, Cancellation)).State == ImageState.Clustered);
        await Expect(phone.Page.Locator(".waiting-count")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task A_full_device_and_a_session_that_ended_lose_no_photograph()
    {
        using var visitor = await system.JoinAsync();
        await using var phone = await StaffDesk.PhoneAsync(system, browser);
        await AimAsync(phone, visitor);
        await UseFileAsync(phone.Page, "astronaut.jpg");
        await phone.Page.EvaluateAsync("""
            () => {
              const { put } = IDBObjectStore.prototype;
              IDBObjectStore.prototype.put = function () {
                IDBObjectStore.prototype.put = put;
                throw new DOMException("full", "QuotaExceededError");
              };
            }
            """);
        await phone.Page.RouteAsync("**/photo?overwrite=*", route => route.FulfillAsync(new() { Status = 401 }), new() { Times = 1 });

        await phone.Button("Send").ClickAsync();
        await Expect(phone.Page.GetByText("This device has no room for the photo.")).ToBeVisibleAsync();
        await Expect(phone.Page.Locator(".preview")).ToBeVisibleAsync();
        await phone.Button("Send").ClickAsync();
        await Expect(phone.Page.GetByText("Sign in to send them.")).ToBeVisibleAsync();
        await Expect(phone.Page.GetByText("Your session has ended.")).ToBeVisibleAsync();
        await phone.Button("Sign in").ClickAsync();

        await Expect(phone.Heading("The palettes are ready")).ToBeVisibleAsync();
        await Expect(phone.Page.Locator(".waiting-count")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task A_device_with_two_cameras_and_a_light_offers_both()
    {
        using var visitor = await system.JoinAsync();
        await using var cameras = await browser.LaunchWithTwoCamerasAsync();
        await using var laptop = await StaffDesk.LaptopAsync(system, browser, camera: cameras);
        var page = laptop.Page;
        await page.AddInitScriptAsync("""
            const { getCapabilities } = MediaStreamTrack.prototype;
            MediaStreamTrack.prototype.getCapabilities = function () { return { ...getCapabilities.call(this), torch: true }; };
            MediaStreamTrack.prototype.applyConstraints = async ({ advanced: [{ torch }] }) => { self.light = torch; };
            """);
        await AimAsync(laptop, visitor);
        var first = await CameraAsync(page);

        await laptop.Button("Switch camera").ClickAsync();
        await page.WaitForFunctionAsync($"first => {Camera} && {Camera} !== first", first);
        var second = await CameraAsync(page);
        await laptop.Button("Light").ClickAsync();
        await page.WaitForFunctionAsync("() => self.light === true");
        await Expect(laptop.Button("Light")).ToHaveAttributeAsync("aria-pressed", "true");
        await laptop.Button("Countdown: 0 seconds").ClickAsync();
        await page.Locator(".shutter").ClickAsync();
        await Expect(page.Locator(".countdown")).ToHaveTextAsync("3");
        await Expect(page.Locator(".preview")).ToBeVisibleAsync();
        await laptop.Button("Retake").ClickAsync();
        Assert.Equal(second, await CameraAsync(page));
    }

    [Fact]
    public async Task The_keyboard_alone_photographs_a_visitor()
    {
        using var visitor = await system.JoinAsync();
        await using var laptop = await StaffDesk.LaptopAsync(system, browser);
        var keyboard = laptop.Page.Keyboard;
        await laptop.SignInAsync($"events/{system.Demo.Event.Id}/photograph");
        await laptop.Page.Locator("#visitor-code").FocusAsync();
        await keyboard.TypeAsync(VisitorShortCode.Of(visitor.Id));
        await keyboard.PressAsync("Enter");
        await Expect(laptop.Page.Locator(".shutter")).ToBeFocusedAsync();
        await keyboard.PressAsync("Enter");
        await Expect(laptop.Button("Send")).ToBeFocusedAsync();
        await keyboard.PressAsync("Enter");
        await Expect(laptop.Button("Next visitor")).ToBeFocusedAsync();
        await Expect(laptop.Heading("The palettes are ready")).ToBeVisibleAsync();
        await keyboard.PressAsync("Enter");
        await Expect(laptop.Heading("Photograph")).ToBeFocusedAsync();
    }

    [Fact]
    public async Task A_console_opened_while_the_server_was_away_comes_back_by_itself()
    {
        await using var phone = await StaffDesk.PhoneAsync(system, browser);
        await phone.Page.RouteAsync("**/api/client-config", route => route.AbortAsync());
        await phone.OpenAsync();
        await Expect(phone.Page.GetByText("There is no connection to the server.")).ToBeVisibleAsync();

        await phone.Page.UnrouteAsync("**/api/client-config");

        await Expect(phone.Button("Sign in")).ToBeVisibleAsync();
    }

    private const string Camera = "document.querySelector('.viewfinder video').srcObject?.getVideoTracks()[0].getSettings().deviceId";

    private static async Task<string> CameraAsync(IPage page) =>
        await (await page.WaitForFunctionAsync($"() => {Camera}")).JsonValueAsync<string>();

    private async Task AimAsync(StaffDesk desk, TestVisitor visitor)
    {
        await desk.SignInAsync($"events/{system.Demo.Event.Id}/photograph");
        await desk.Page.FillAsync("#visitor-code", VisitorShortCode.Of(visitor.Id));
        await desk.Button("Use this code").ClickAsync();
        await Expect(desk.Page.GetByText("not photographed yet")).ToBeVisibleAsync();
    }

    /// <summary>Releases the shutter while the film shows the picture: colours, which the code has none of.</summary>
    private static async Task TakeAsync(IPage page) => await page.WaitForFunctionAsync(
        """
        () => {
          const video = document.querySelector(".viewfinder video");
          const shutter = document.querySelector(".shutter");
          if (!video?.videoWidth || !shutter || shutter.disabled) return false;
          const canvas = document.createElement("canvas");
          canvas.width = canvas.height = 8;
          const context = canvas.getContext("2d");
          context.drawImage(video, 0, 0, 8, 8);
          const { data } = context.getImageData(0, 0, 8, 8);
          let colour = 0;
          for (let at = 0; at < data.length; at += 4) colour += Math.abs(data[at] - data[at + 2]);
          if (colour < 64 * 12) return false;
          shutter.click();
          return true;
        }
        """,
        null, new() { PollingInterval = 100 });

    private static Task UseFileAsync(IPage page, string photo) =>
        page.Locator(".shutter-row input").SetInputFilesAsync(new FilePayload { Name = photo, MimeType = "image/jpeg", Buffer = SystemFixture.Photo(photo) });
}
