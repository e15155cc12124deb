using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace Repaint.Tests.Browser;

/// <summary>What every screen of both web apps has to be.</summary>
internal static class Looks
{
    /// <summary>Nothing that shuts somebody out, nothing wider than the screen.</summary>
    public static async Task CheckAsync(IPage page, string screen)
    {
        // What still fades in has less contrast than it will have.
        await page.EvaluateAsync("""
            () => Promise.all(document.getAnimations()
              .filter((animation) => animation.effect.getComputedTiming().endTime !== Infinity)
              .map((animation) => animation.finished.catch(() => {})))
            """);
        var found = await page.RunAxe();
        Assert.Empty(found.Violations
            .Where(violation => violation.Impact is "serious" or "critical")
            .Select(violation => $"{screen}: {violation.Id}: {string.Join(" | ", violation.Nodes.Select(node => node.Html))}"));
        // Not innerWidth: a phone zooms out until a page that is too wide fits, and innerWidth says how wide that is.
        Assert.True(
            await page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth <= document.documentElement.clientWidth"), $"{screen} is too wide.");
    }
}
