using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Repaint.Local;
using Repaint.Local.Demo;
using Repaint.Local.Lan;
using Repaint.Local.Topology;
using Repaint.Tests.Browser;
using Repaint.Tests.Infrastructure;
using static Microsoft.Playwright.Assertions;

namespace Repaint.Tests.EndToEnd;

/// <summary>
/// <c>up --lan</c>: a whole system under a name that no resolver knows, over HTTPS, bound to loopback alone. Its own clients
/// and a browser map the name.
/// </summary>
public sealed class LanTests(BrowserFixture browser) : IClassFixture<BrowserFixture>
{
    private const string Host = "laptop.repaint.test";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_round_over_https_under_the_name_of_the_laptop()
    {
        using var folder = new TemporaryFolder("lan");
        var data = new DataFolder(folder.Path);
        await using var system = await RunningSystem.StartAsync(
            data, FreePort.NextMap(), new LanOptions(Host, null, "127.0.0.1"), _ => { }, Cancellation);
        var (urls, lan) = (system.State.Urls, system.State.Lan!);
        using var staff = StaffClient.For(system.State, data, TimeProvider.System);

        // Staff tokens are of the issuer by its public name.
        var demo = await DemoEvent.EnsureAsync(staff, Cancellation);
        await SpeaksOfItselfByItsPublicNameAsync(urls.Identity, lan);

        // A browser that has not been told to trust the authority does not; one that has shows the page.
        var stranger = await browser.LaunchOnLanAsync(Host, keyHash: null);
        var warned = await (await browser.NewPhoneAsync(browser: stranger)).NewPageAsync();
        var refusal = await Assert.ThrowsAsync<PlaywrightException>(() => warned.GotoAsync(new Uri(urls.Identity, "/trust").ToString()));
        Assert.Contains("ERR_CERT", refusal.Message, StringComparison.Ordinal);

        var trusting = await browser.LaunchOnLanAsync(Host, KeyHash(lan));
        await using var phone = await Phone.TakeAsync(new Venue(urls.Api, demo, staff), await browser.NewPhoneAsync(browser: trusting));
        await phone.Page.GotoAsync(new Uri(urls.Identity, "/trust").ToString());
        await Expect(phone.Page.GetByText(lan.Fingerprint!.Replace(':', ' '))).ToBeVisibleAsync();

        await IsPaintedAsync(phone, demo, urls.Gateway);
        await StaffSignInAsync(trusting, urls.Api, urls.Identity, demo, data.StaffAccount());
    }

    private static async Task SpeaksOfItselfByItsPublicNameAsync(Uri identity, LanExposure lan)
    {
        using var http = new HttpClient(LocalHttp.NewHandler(lan));
        var configuration = await http.GetStringAsync(new Uri(identity, "/.well-known/openid-configuration"), Cancellation);
        Assert.Contains($"\"issuer\":\"{identity}\"", configuration.Replace(" ", "", StringComparison.Ordinal).Replace("\\/", "/", StringComparison.Ordinal), StringComparison.Ordinal);

        using var expected = X509CertificateLoader.LoadCertificateFromFile(lan.AuthorityFile!);
        using var offered = await http.GetAsync(new Uri(identity, "/trust/repaint.crt"), Cancellation);
        Assert.Equal(HttpStatusCode.OK, offered.StatusCode);
        Assert.Equal("application/x-x509-ca-cert", offered.Content.Headers.ContentType?.MediaType);
        Assert.Equal(expected.RawData, await offered.Content.ReadAsByteArrayAsync(Cancellation));
        using var profile = await http.GetAsync(new Uri(identity, "/trust/repaint.mobileconfig"), Cancellation);
        Assert.Equal("application/x-apple-aspen-config", profile.Content.Headers.ContentType?.MediaType);
        Assert.Contains(
            Convert.ToBase64String(expected.RawData), await profile.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
    }

    /// <summary>A visitor joins, is photographed, and sees the picture, which came over the gateway's public address.</summary>
    private static async Task IsPaintedAsync(Phone phone, DemoEvent demo, Uri gateway)
    {
        await phone.JoinAsync();
        await phone.BePhotographedAsync();
        await phone.OpenCodeAsync(demo.Spots[0]);
        await Expect(phone.Page.GetByRole(AriaRole.Heading, new() { Name = "You found a colour!" })).ToBeVisibleAsync();
        await phone.OpenAsync();
        await Expect(phone.Page.Locator(".pan.held")).ToHaveCountAsync(1);
        await Expect(phone.Page.Locator(".my-picture img").Last).ToBeVisibleAsync();
        // The camera is there only for what a browser takes for secure.
        Assert.True(await phone.Page.EvaluateAsync<bool>("() => isSecureContext && 'mediaDevices' in navigator"));
        Assert.Contains(phone.Delivered, url => url.StartsWith(new Uri(gateway, "/images/").ToString(), StringComparison.Ordinal));
        Assert.All(phone.Requested.Select(url => new Uri(url)).Where(url => url.Scheme is "http" or "https"), url =>
            Assert.Equal((Uri.UriSchemeHttps, Host), (url.Scheme, url.Host)));
    }

    /// <summary>The console sends a person to the authority and gets them back, signed in, with the demo event to see.</summary>
    private async Task StaffSignInAsync(IBrowser trusting, Uri api, Uri identity, DemoEvent demo, StaffAccount account)
    {
        await using var context = await browser.NewContextAsync(trusting, new() { Locale = "en-GB" });
        var complaints = new List<string>();
        context.Console += (_, message) =>
        {
            if (message.Text.Contains("Content Security Policy", StringComparison.OrdinalIgnoreCase))
            {
                complaints.Add(message.Text);
            }
        };
        var page = await context.NewPageAsync();
        await page.GotoAsync(new Uri(api, "/console/").ToString());
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex($"^{Regex.Escape(identity.ToString())}"));
        await page.GetByLabel("User name").FillAsync(account.UserName);
        await page.GetByLabel("Password").FillAsync(account.Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = demo.Event.Name }).ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex($"^{Regex.Escape(api.ToString())}console/events/{demo.Event.Id}"));
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = demo.Event.Name })).ToBeVisibleAsync();
        Assert.Empty(complaints);
    }

    private static string KeyHash(LanExposure lan)
    {
        using var certificate = X509CertificateLoader.LoadCertificateFromFile(lan.CertificateFile);
        return Convert.ToBase64String(SHA256.HashData(certificate.PublicKey.ExportSubjectPublicKeyInfo()));
    }
}
