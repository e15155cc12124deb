using System.Net;
using Bunit;
using Microsoft.Extensions.DependencyInjection;
using Repaint.Console.Photograph;
using Repaint.Contracts;
using Repaint.Contracts.Http;

namespace Repaint.Tests.Console;

public sealed class PhotographPageTests : ConsoleContext
{
    private static readonly Guid Visitor = Guid.Parse("01a20ad5-b0a9-7c96-b3a5-58e7ea2dff02");
    private readonly BunitJSModuleInterop _camera;
    private readonly BunitJSModuleInterop _outbox;
    private readonly JSRuntimeInvocationHandler<bool> _add;

    public PhotographPageTests()
    {
        _camera = Script("camera");
        _camera.Setup<CameraState?>("open", _ => true).SetResult(new CameraState(Ok: true));
        _camera.Setup<string?>("take").SetResult("blob:photograph");
        _outbox = Script("outbox");
        _add = _outbox.Setup<bool>("add", _ => true);
        Answer($"/visitors/{Visitor}", Status(photographed: false));
    }

    [Fact]
    public async Task A_photograph_is_replaced_only_when_somebody_says_so()
    {
        Answer($"/visitors/{Visitor}", Status(photographed: true));
        _add.SetResult(true);
        var page = await OpenAsync();

        Assert.Contains("This visitor has a photograph already.", page.Markup, StringComparison.Ordinal);
        Assert.Empty(page.FindAll(".shutter"));
        Button(page, "Keep the old one").Click();
        Enter(page);
        Button(page, "Replace the photo").Click();
        page.Find(".shutter").Click();
        Button(page, "Send").Click();

        Assert.True(Assert.IsType<Outbox.NewEntry>(Assert.Single(_outbox.Invocations["add"]).Arguments[0]).Overwrite);
    }

    [Fact]
    public async Task A_first_photograph_overwrites_none()
    {
        _add.SetResult(true);
        var page = await OpenAsync();

        page.Find(".shutter").Click();
        Button(page, "Send").Click();

        var kept = Assert.IsType<Outbox.NewEntry>(Assert.Single(_outbox.Invocations["add"]).Arguments[0]);
        Assert.Equal((EventId, Visitor, false), (kept.EventId, kept.VisitorId, kept.Overwrite));
        Assert.Empty(page.FindAll(".preview"));
    }

    [Fact]
    public async Task Without_a_network_the_photograph_is_taken_all_the_same()
    {
        Forget($"/visitors/{Visitor}");

        var page = await OpenAsync();

        Assert.NotEmpty(page.FindAll(".shutter"));
        Assert.Contains("The server could not be asked about this visitor", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_visitor_who_is_nobody_here_is_not_photographed()
    {
        Refuse($"/visitors/{Visitor}", HttpStatusCode.NotFound, ErrorCodes.NotFound);

        var page = await OpenAsync();

        Assert.Empty(page.FindAll(".shutter"));
        Assert.Contains("There is no such visitor in this event.", page.Find("[role=alert]").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_photograph_that_the_device_has_no_room_for_stays_on_the_screen()
    {
        _add.SetResult(false);
        var page = await OpenAsync();
        page.Find(".shutter").Click();

        Button(page, "Send").Click();

        Assert.Equal("blob:photograph", page.Find(".preview").GetAttribute("src"));
        Assert.Contains("This device has no room for the photo.", page.Find("[role=alert]").TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain(_camera.Invocations, call => call.Identifier == "drop");
    }

    [Fact]
    public async Task Two_taps_send_one_photograph()
    {
        var page = await OpenAsync();
        page.Find(".shutter").Click();

        Button(page, "Send").Click();
        Button(page, "Send").Click();
        _add.SetResult(true);

        Assert.Single(_outbox.Invocations["add"]);
    }

    [Fact]
    public async Task A_countdown_counts_down_and_takes_the_picture()
    {
        var page = await OpenAsync();
        Button(page, "Countdown: 0 seconds").Click();
        page.Find(".shutter").Click();

        for (var left = 3; left > 0; left--)
        {
            page.WaitForAssertion(() => Assert.Equal($"{left}", page.Find(".countdown").TextContent));
            Assert.Empty(page.FindAll(".preview"));
            Time.Advance(TimeSpan.FromSeconds(1));
        }

        page.WaitForElement(".preview");
    }

    [Fact]
    public async Task A_countdown_does_not_photograph_the_next_visitor()
    {
        var page = await OpenAsync();
        Button(page, "Countdown: 0 seconds").Click();
        page.Find(".shutter").Click();

        Button(page, "Another visitor").Click();
        Enter(page);
        Time.Advance(TimeSpan.FromSeconds(1));
        Time.Advance(TimeSpan.FromSeconds(5));

        Assert.Empty(page.FindAll(".countdown"));
        Assert.DoesNotContain(_camera.Invocations, call => call.Identifier == "take");
    }

    private async Task<IRenderedComponent<PhotographPage>> OpenAsync()
    {
        await Services.GetRequiredService<Outbox>().StartAsync();
        var page = Render<PhotographPage>(parameters => parameters.Add(photograph => photograph.EventId, EventId));
        Enter(page);
        return page;
    }

    private static void Enter(IRenderedComponent<PhotographPage> page)
    {
        page.Find("#visitor-code").Input(Visitor.ToString());
        page.Find("form.manual").Submit();
    }

    private static VisitorStatus Status(bool photographed) =>
        new(Visitor, photographed, photographed ? Guid.CreateVersion7() : null, photographed ? ImageState.Clustered : null, PalettesHeld: 1);
}
