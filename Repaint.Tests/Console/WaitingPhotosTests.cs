using Bunit;
using Microsoft.Extensions.DependencyInjection;
using Repaint.Console.Photograph;

namespace Repaint.Tests.Console;

public sealed class WaitingPhotosTests : ConsoleContext
{
    private readonly BunitJSModuleInterop _script;

    public WaitingPhotosTests() => _script = Script("outbox");

    [Fact]
    public async Task Nothing_waits_and_nothing_is_said() => Assert.Empty((await ShowAsync()).Markup.Trim());

    [Theory]
    [InlineData("offline", "They wait for the network.")]
    [InlineData("signed-out", "Sign in to send them.")]
    public async Task How_many_wait_is_said_and_for_what(string code, string reason)
    {
        var waiting = await ShowAsync(Entry("waiting", code), Entry("painting"));

        Assert.Contains("2 on the way.", waiting.Find("[role=status]").TextContent, StringComparison.Ordinal);
        Assert.Contains(reason, waiting.Markup, StringComparison.Ordinal);
        Assert.Empty(waiting.FindAll("button"));
    }

    [Fact]
    public async Task A_photograph_of_somebody_photographed_meanwhile_waits_for_a_decision()
    {
        var entry = Entry("exists", "photo-exists");
        var waiting = await ShowAsync(entry);

        Button(waiting, "Replace the photo").Click();

        Assert.Equal(entry.Id, Assert.Single(_script.Invocations["overwrite"]).Arguments[0]);
    }

    [Fact]
    public async Task The_only_copy_is_thrown_away_only_after_a_question()
    {
        var entry = Entry("refused", "corrupt");
        var waiting = await ShowAsync(entry);
        var dialogs = Dialogs();
        Assert.Contains("The picture is damaged.", waiting.Markup, StringComparison.Ordinal);

        Button(waiting, "Discard").Click();
        Button(dialogs, "Cancel").Click();
        Assert.DoesNotContain(_script.Invocations, call => call.Identifier == "discard");
        Button(waiting, "Discard").Click();
        dialogs.WaitForAssertion(() => Button(dialogs, "Discard").Click());

        waiting.WaitForAssertion(() => Assert.Equal(entry.Id, Assert.Single(_script.Invocations["discard"]).Arguments[0]));
    }

    private async Task<IRenderedComponent<WaitingPhotos>> ShowAsync(params OutboxEntry[] entries)
    {
        var outbox = Services.GetRequiredService<Outbox>();
        await outbox.StartAsync();
        outbox.OnOutbox(entries);
        return Render<WaitingPhotos>(parameters => parameters.Add(waiting => waiting.EventId, EventId));
    }

    private static OutboxEntry Entry(string state, string? code = null) =>
        new($"{Guid.CreateVersion7()}", EventId, Guid.CreateVersion7(), state, code, TakenAt: 0, ImageId: null);
}
