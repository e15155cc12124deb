using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Repaint.Contracts;
using Repaint.Local;
using Repaint.Local.Demo;
using Repaint.Local.Lan;
using Repaint.Local.Topology;
using Repaint.Tests.Infrastructure;

namespace Repaint.Tests.EndToEnd;

/// <summary>
/// <c>up --lan</c>: a whole system under a name that no resolver knows, over HTTPS, bound to loopback alone. Its own clients
/// and a browser map the name.
/// </summary>
public sealed class LanTests
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
        var state = system.State;
        using var staff = StaffClient.For(state, data, TimeProvider.System);
        using var visitor = new VisitorClient(state.Urls.Api, TimeProvider.System, state.Lan);

        // Staff tokens are of the issuer by its public name.
        var demo = await DemoEvent.EnsureAsync(staff, Cancellation);
        var joined = await visitor.JoinAsync(demo.Event.Id, Cancellation);
        await staff.PhotographAsync(demo.Event.Id, joined.VisitorId, SystemFixture.Photo("dandelions.jpg"), Cancellation);
        await visitor.WaitForPictureAsync(Cancellation);
        Assert.Equal([0xFF, 0xD8], (await visitor.FetchAsync(Rendition.View, Cancellation))[..2]);

        using var http = new HttpClient(LocalHttp.NewHandler(state.Lan));
        var configuration = await http.GetStringAsync(new Uri(state.Urls.Identity, "/.well-known/openid-configuration"), Cancellation);
        Assert.Contains($"\"issuer\":\"{state.Urls.Identity}\"", configuration.Replace(" ", "", StringComparison.Ordinal).Replace("\\/", "/", StringComparison.Ordinal), StringComparison.Ordinal);
        await OffersItsAuthorityAsync(http, state.Urls.Identity, state.Lan!);

        // A browser that has not been told to trust the authority does not; one that has shows the page.
        var page = new Uri(state.Urls.Identity, "/trust");
        Assert.DoesNotContain("Re:<span>paint", await BrowseAsync(folder.Path, page), StringComparison.Ordinal);
        var shown = await BrowseAsync(folder.Path, page, $"--ignore-certificate-errors-spki-list={KeyHash(state.Lan!)}");
        Assert.Contains("Re:<span>paint", shown, StringComparison.Ordinal);
        Assert.Contains(state.Lan!.Fingerprint!.Replace(':', ' '), shown, StringComparison.Ordinal);
    }

    private static async Task OffersItsAuthorityAsync(HttpClient http, Uri identity, LanExposure lan)
    {
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

    private static string KeyHash(LanExposure lan)
    {
        using var certificate = X509CertificateLoader.LoadCertificateFromFile(lan.CertificateFile);
        return Convert.ToBase64String(SHA256.HashData(certificate.PublicKey.ExportSubjectPublicKeyInfo()));
    }

    /// <summary>What a browser makes of a page.</summary>
    private static async Task<string> BrowseAsync(string folder, Uri page, params string[] options)
    {
        var start = new ProcessStartInfo("chromium")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
        };
        string[] arguments =
        [
            "--headless", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-background-networking",
            "--disable-component-update", "--no-first-run", $"--user-data-dir={Path.Combine(folder, "browser")}",
            // Nothing but this name, and that to loopback.
            $"--host-resolver-rules=MAP {Host} 127.0.0.1, MAP * ~NOTFOUND", .. options, "--dump-dom", page.ToString(),
        ];
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using var browser = Process.Start(start)!;
        var errors = browser.StandardError.ReadToEndAsync(Cancellation);
        var dom = await browser.StandardOutput.ReadToEndAsync(Cancellation);
        await browser.WaitForExitAsync(Cancellation);
        await errors;
        return dom;
    }
}
