using Microsoft.Playwright;
using Repaint.Local.Processes;

namespace Repaint.Tests.Browser;

/// <summary>
/// The machine's own Chromium, driven by Playwright. Tests share one browser and have a context each; a test that shows
/// something to the camera has a browser of its own, because the film is an argument of the program.
/// </summary>
public sealed class BrowserFixture : IAsyncLifetime
{
    // A busy machine is not a failure.
    private const float Patience = 120_000;

    private static readonly string[] Arguments =
    [
        "--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking", "--disable-component-update",
        "--disable-sync", "--no-first-run", "--no-default-browser-check", "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
    ];

    private readonly List<IBrowser> _browsers = [];
    private IPlaywright? _playwright;
    private IBrowser? _shared;

    public async ValueTask InitializeAsync()
    {
        _playwright = await Playwright.CreateAsync();
        _shared = await LaunchAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var browser in _browsers)
        {
            await browser.DisposeAsync();
        }

        _playwright?.Dispose();
    }

    /// <summary>A browser whose camera shows <paramref name="film"/> (Y4M or MJPEG), over and over.</summary>
    internal Task<IBrowser> LaunchWithCameraAsync(string film) => LaunchAsync($"--use-file-for-fake-video-capture={film}");

    /// <summary>A browser on a device with two cameras.</summary>
    internal Task<IBrowser> LaunchWithTwoCamerasAsync() => LaunchAsync("--use-fake-device-for-media-stream=device-count=2");

    /// <summary>Cookies of the authority once somebody of the staff has signed in, so that nobody types the password twice.</summary>
    internal string? StaffSignIn { get; set; }

    /// <summary>A phone: portrait, touch, a language.</summary>
    internal Task<IBrowserContext> NewPhoneAsync(
        string locale = "en-GB", IBrowser? browser = null, string? userAgent = null, ColorScheme colours = ColorScheme.Light,
        ReducedMotion motion = ReducedMotion.NoPreference) => NewContextAsync(browser, new()
        {
            ViewportSize = new() { Width = 390, Height = 844 },
            DeviceScaleFactor = 2,
            IsMobile = true,
            HasTouch = true,
            Locale = locale,
            UserAgent = userAgent,
            ColorScheme = colours,
            ReducedMotion = motion,
            AcceptDownloads = true,
        });

    internal async Task<IBrowserContext> NewContextAsync(IBrowser? browser, BrowserNewContextOptions options)
    {
        var context = await (browser ?? _shared ?? throw new InvalidOperationException("Not started.")).NewContextAsync(options);
        context.SetDefaultTimeout(Patience);
        context.SetDefaultNavigationTimeout(Patience);
        Assertions.SetDefaultExpectTimeout(Patience);
        return context;
    }

    /// <summary>
    /// A browser for which <paramref name="host"/> is this machine and every other name is nothing, and that trusts the
    /// certificate with this key.
    /// </summary>
    internal Task<IBrowser> LaunchOnLanAsync(string host, string? keyHash) => LaunchAsync(
    [
        $"--host-resolver-rules=MAP {host} 127.0.0.1, MAP * ~NOTFOUND",
        .. keyHash is null ? (string[])[] : [$"--ignore-certificate-errors-spki-list={keyHash}"],
    ]);

    private async Task<IBrowser> LaunchAsync(params string[] more)
    {
        var browser = await _playwright!.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Programs.Find("chromium") ?? Programs.Find("google-chrome")
                ?? throw new InvalidOperationException("Chromium is not installed: apt-get install chromium."),
            Args = [.. Arguments, .. more],
        });
        _browsers.Add(browser);
        return browser;
    }
}
