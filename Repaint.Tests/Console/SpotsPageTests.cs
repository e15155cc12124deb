using Bunit;
using Repaint.Console.Spots;
using Repaint.Contracts.Http;

namespace Repaint.Tests.Console;

public sealed class SpotsPageTests : ConsoleContext
{
    private static readonly SpotDetails Tablet = new(Guid.CreateVersion7(), "Gaet", "code", RotationSeconds: 30);

    [Fact]
    public void A_name_that_was_mistyped_is_mended_and_the_code_stays()
    {
        Answer<IReadOnlyList<SpotDetails>>("/spots", [Tablet]);
        Answer($"/spots/{Tablet.Id}", Tablet with { Name = "Gate" });
        var page = Render<SpotsPage>(parameters => parameters.Add(spots => spots.EventId, EventId));

        Button(page, "Rename Gaet").Click();
        page.Find("#spot-new-name").Input("Gate");
        page.Find("form.rename").Submit();

        Assert.Contains($"PUT /spots/{Tablet.Id}", Asked);
        Assert.Equal("Gate", page.Find(".spot-card strong").TextContent);
        Assert.EndsWith($"/screens/{Tablet.Id}", page.Find(".spot-card a").GetAttribute("href"), StringComparison.Ordinal);
    }
}
