using System.Collections.Concurrent;
using Microsoft.Playwright;
using Repaint.Contracts.Http;
using Repaint.Local.Demo;
using Repaint.Tests.EndToEnd;

namespace Repaint.Tests.Browser;

/// <summary>Where a phone is used: a system's address, an event, and the staff there.</summary>
internal sealed record Venue(Uri Api, DemoEvent Demo, StaffClient Staff);

/// <summary>A visitor's phone: a page, what it asked for, and what it complained about.</summary>
internal sealed class Phone : IAsyncDisposable
{
    private readonly ConcurrentQueue<string> _complaints = new();
    private readonly Venue _venue;

    private Phone(Venue venue, IBrowserContext context, IPage page)
    {
        _venue = venue;
        Context = context;
        Page = page;
        page.PageError += (_, error) => _complaints.Enqueue(error);
        page.Console += (_, message) =>
        {
            Said.Enqueue(message.Text);
            if (message.Text.Contains("Content Security Policy", StringComparison.OrdinalIgnoreCase) || message.Text.Contains("Trusted", StringComparison.Ordinal))
            {
                _complaints.Enqueue(message.Text);
            }
        };
        context.Request += (_, request) => Requested.Enqueue(request.Url);
        context.RequestFinished += (_, request) =>
        {
            if (request.Url.Contains("token=", StringComparison.Ordinal))
            {
                Delivered.Enqueue(request.Url);
            }
        };
    }

    public IBrowserContext Context { get; }

    public IPage Page { get; }

    /// <summary>Every address asked for, one-time URLs among them.</summary>
    public ConcurrentQueue<string> Requested { get; } = new();

    /// <summary>One-time URLs that have been used to the end.</summary>
    public ConcurrentQueue<string> Delivered { get; } = new();

    /// <summary>What the page wrote to the console.</summary>
    public ConcurrentQueue<string> Said { get; } = new();

    public static Task<Phone> TakeAsync(SystemFixture system, IBrowserContext context) =>
        TakeAsync(new Venue(system.State.Urls.Api, system.Demo, system.Staff), context);

    public static async Task<Phone> TakeAsync(Venue venue, IBrowserContext context)
    {
        // Where fades are recorded: what is drawn between two pictures is over before a test could look.
        await context.AddInitScriptAsync("""
            self.fades = [];
            const animate = Element.prototype.animate;
            Element.prototype.animate = function (frames, timing) {
              self.fades.push({ frames, duration: timing.duration, under: this.parentElement?.childElementCount });
              return animate.call(this, frames, timing);
            };
            """);
        return new Phone(venue, context, await context.NewPageAsync());
    }

    public ILocator Button(string name) => Page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    public Task OpenAsync(string pathAndQuery = "/") => Page.GotoAsync(new Uri(_venue.Api, pathAndQuery).ToString());

    /// <summary>Joins as a person would, the demo event if no other, and ends at home. English.</summary>
    public async Task JoinAsync(Guid? eventId = null)
    {
        await OpenAsync($"/?event={eventId ?? _venue.Demo.Event.Id}");
        await Button("Agree and join").ClickAsync();
        await Button("Show my QR code").ClickAsync();
        await Page.GetByRole(AriaRole.Img, new() { Name = "Your QR code, for the staff to scan" }).WaitForAsync();
        await Button("Back").ClickAsync();
        await Home.WaitForAsync();
    }

    /// <summary>Is photographed, and sees the sketch.</summary>
    public async Task BePhotographedAsync(Guid? eventId = null)
    {
        var accepted = await _venue.Staff.PhotographAsync(
            eventId ?? _venue.Demo.Event.Id, await VisitorIdAsync(), SystemFixture.Photo("astronaut.jpg"), TestContext.Current.CancellationToken);
        await WaitForPictureOfAsync(accepted.ImageId);
    }

    /// <summary>Opens a spot's code as the phone's own camera would.</summary>
    public Task OpenCodeAsync(SpotDetails spot) => OpenAsync($"/#pick={spot.Code}");

    public Task WaitForPictureOfAsync(Guid imageId) => UntilAsync(
        $"session.picture?.imageId === '{imageId}' && session.update.state === 'ready' && session.picture.version >= session.update.version");

    /// <summary>Waits until an expression about the app's session holds. Asked again from here: a page's own waiting takes any promise for a yes.</summary>
    public Task UntilAsync(string expression) => Eventually.IsAsync(() => Page.EvaluateAsync<bool>(
        $"async () => {{ const {{ session }} = await import('/js/session.js'); return Boolean({expression}); }}"));

    public async Task<Guid> VisitorIdAsync() => Guid.Parse(await SessionAsync("session.visitor.visitorId"));

    /// <summary>The bearer token: what must not show up anywhere.</summary>
    public Task<string> TokenAsync() => SessionAsync("session.visitor.token");

    public Task<string> RecoveryCodeAsync() => SessionAsync("session.visitor.recoveryCode");

    /// <summary>The code on the screen, as the phone keeps it, and the one that belongs to its visitor.</summary>
    public async Task<(string Shown, string Own)> ShownAndOwnQrAsync()
    {
        var both = await Page.EvaluateAsync<string[]>("""
            async () => {
              const [{ load }, { api }] = await Promise.all([import("/js/store.js"), import("/js/api.js")]);
              return Promise.all([load("qr"), api.qr()].map(async (picture) => (await picture).text()));
            }
            """);
        return (both[0], both[1]);
    }

    public ILocator Home => Page.Locator("main.home");

    public async ValueTask DisposeAsync()
    {
        await Context.DisposeAsync();
        Assert.Empty(_complaints);
    }

    private Task<string> SessionAsync(string expression) =>
        Page.EvaluateAsync<string>($"async () => {{ const {{ session }} = await import('/js/session.js'); return {expression}; }}");
}
