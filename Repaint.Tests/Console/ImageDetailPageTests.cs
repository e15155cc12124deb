using Bunit;
using Repaint.Console.Board;
using Repaint.Contracts;
using Repaint.Contracts.Http;

namespace Repaint.Tests.Console;

public sealed class ImageDetailPageTests : ConsoleContext
{
    private static readonly Guid ImageId = Guid.CreateVersion7();

    [Fact]
    public void A_retake_that_failed_says_so_and_shows_what_visitors_still_see()
    {
        var page = Open(new ImageDetails(
            ImageId, Guid.CreateVersion7(), 2, ImageState.Failed, 1, FailureReasons.Corrupt, null, [], default, default, ServingRevision: 1));

        Assert.Equal("blob:picture", page.Find(".picture-frame img").GetAttribute("src"));
        Assert.Contains("The picture is damaged.", page.Markup, StringComparison.Ordinal);
        Button(page, "Try again").Click();
        Assert.Contains($"POST /images/{ImageId}/retry", Asked);
    }

    [Fact]
    public void Before_it_has_been_taken_apart_there_is_nothing_to_look_at()
    {
        var page = Open(new ImageDetails(ImageId, null, 1, ImageState.Queued, 1, null, null, [], default, default));

        Assert.Contains("There is nothing to see yet.", page.Markup, StringComparison.Ordinal);
        Assert.DoesNotContain(Asked, request => request.Contains("one-time-url", StringComparison.Ordinal));
    }

    private IRenderedComponent<ImageDetailPage> Open(ImageDetails image)
    {
        Script("pictures").Setup<string?>("load", _ => true).SetResult("blob:picture");
        Answer("/api/staff/me", new StaffProfile("hanako", MayCreateEvents: true, []));
        Answer($"/images/{ImageId}", image);
        Answer($"/images/{ImageId}/one-time-url", new OneTimeUrl(new Uri("https://pictures.example/images/1?token=x"), default, 1));
        return Render<ImageDetailPage>(parameters => parameters.Add(page => page.EventId, EventId).Add(page => page.ImageId, ImageId));
    }
}
