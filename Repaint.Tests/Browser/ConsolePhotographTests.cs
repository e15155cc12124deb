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
        var path = $"events/{system.Demo.Event.Id}/photograph";
        await phone.SignInAsync(path);
        await phone.Page.FillAsync("#visitor-code", VisitorShortCode.Of(visitor.Id));
        await phone.Button("Use this code").ClickAsync();
        await Expect(phone.Page.GetByText("not photographed yet")).ToBeVisibleAsync();
        await UseFileAsync(phone.Page, "astronaut.jpg");
        await phone.Page.EvaluateAsync("() => navigator.serviceWorker.ready.then(() => true)");

        await phone.Context.SetOfflineAsync(true);
        await phone.Button("Send").ClickAsync();
        await Expect(phone.Page.GetByText("Saved on this device.")).ToBeVisibleAsync();
        await phone.Page.CloseAsync();
        await phone.NewPageAsync();
        await phone.OpenAsync(path);
        await Expect(phone.Page.Locator(".waiting-count")).ToContainTextAsync("1");
        await Expect(phone.Page.GetByText("There is no connection to the server.")).ToBeVisibleAsync();

        await phone.Context.SetOfflineAsync(false);
        await Expect(phone.Page.Locator(".top-bar")).ToBeVisibleAsync();
        await Eventually.IsAsync(async () =>
            (await system.Staff.GetVisitorAsync(system.Demo.Event.Id, visitor.Id, Cancellation)).State == ImageState.Clustered);
        await Expect(phone.Page.Locator(".waiting-count")).ToHaveCountAsync(0);
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
