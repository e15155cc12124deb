using Bunit;
using Repaint.Console.Uploads;

namespace Repaint.Tests.Console;

public sealed class UploadsPageTests : ConsoleContext
{
    private readonly BunitJSModuleInterop _script;
    private readonly IRenderedComponent<UploadsPage> _page;

    public UploadsPageTests()
    {
        _script = Script("uploads");
        _page = Render<UploadsPage>(parameters => parameters.Add(uploads => uploads.EventId, EventId));
        _page.InvokeAsync(() => _page.Instance.OnFile("1", "lanterns.jpg", 3_500_000)).Wait();
    }

    [Theory]
    [InlineData("image-too-large", "This file is too big. Make it smaller, or choose another one.")]
    [InlineData("image-type-unsupported", "This type of file is not accepted. Use a JPEG, PNG, WebP or HEIC picture.")]
    [InlineData("offline", "There is no connection. Check the network, then try again.")]
    [InlineData("signed-out", "Nobody is signed in. Sign in, then try again.")]
    [InlineData("502", "The server has a problem.")]
    public async Task A_file_that_failed_says_why_and_can_be_tried_again(string code, string words)
    {
        await StateAsync("failed", code);

        Assert.Contains(words, _page.Find(".file-state").TextContent, StringComparison.Ordinal);
        Button(_page, "Try again").Click();
        Assert.Equal("1", Assert.Single(_script.Invocations["retry"]).Arguments[0]);
    }

    [Fact]
    public async Task What_is_under_way_shows_how_far_it_is_and_can_be_stopped()
    {
        await StateAsync("sending");
        await _page.InvokeAsync(() => _page.Instance.OnProgress("1", 0.25));

        Assert.Equal("25", _page.Find("[role=progressbar]").GetAttribute("aria-valuenow"));
        Button(_page, "Cancel").Click();
        Assert.Equal("1", Assert.Single(_script.Invocations["cancel"]).Arguments[0]);
    }

    [Fact]
    public async Task What_was_sent_leads_to_its_picture()
    {
        var imageId = $"{Guid.CreateVersion7()}";

        await StateAsync("sent", imageId: imageId);

        Assert.EndsWith($"/board/{imageId}", _page.Find(".file-actions a").GetAttribute("href"), StringComparison.Ordinal);
        Assert.Empty(_page.FindAll("[role=progressbar]"));
    }

    private Task StateAsync(string state, string? code = null, string? imageId = null) =>
        _page.InvokeAsync(() => _page.Instance.OnState("1", state, code, imageId));
}
