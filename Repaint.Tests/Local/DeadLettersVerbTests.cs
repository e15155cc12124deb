using System.CommandLine;
using Amqp;
using Amqp.Framing;
using Repaint.Contracts;
using Repaint.Local;
using Repaint.Local.Verbs;
using Repaint.Tests.Infrastructure;

namespace Repaint.Tests.Local;

public sealed class DeadLettersVerbTests : IAsyncLifetime
{
    private TestBus _bus = null!;

    public async ValueTask InitializeAsync() => _bus = await TestBus.CreateAsync();

    public ValueTask DisposeAsync() => _bus.DisposeAsync();

    [Fact]
    public async Task Dead_letters_are_listed_looked_at_sent_again_and_thrown_away()
    {
        await DeadLetterAsync("first");
        await DeadLetterAsync("second");

        Assert.Matches(@"clustering +2\s+generation +0\s", await RunAsync("list"));
        var seen = await RunAsync("peek", "clustering");
        Assert.Contains("corrupt: cannot be decoded", seen, StringComparison.Ordinal);
        var first = seen.Split(' ', 2)[0];
        Assert.Equal("1 sent again.", await RunAsync("redrive", "clustering", "--number", first));
        await using var client = await RawClient.ConnectAsync(_bus);
        Assert.Equal("first", (await client.ReceiveAsync(QueueNames.Clustering)).Body);
        Assert.Equal("1 thrown away.", await RunAsync("discard", "clustering", "--all"));
        Assert.Matches(@"clustering +0\s", await RunAsync("list"));
    }

    [Fact]
    public async Task A_broker_that_is_away_is_said_in_words()
    {
        await _bus.StopAsync();

        await Assert.ThrowsAsync<LocalException>(() => RunAsync("list"));
    }

    [Fact]
    public async Task Neither_all_nor_a_number_is_refused() => Assert.NotEqual(0, await InvokeAsync(TextWriter.Null, "discard", "clustering"));

    private async Task DeadLetterAsync(string text)
    {
        await using var client = await RawClient.ConnectAsync(_bus);
        await client.SendAsync(QueueNames.Clustering, new Message(text) { Properties = new Properties { MessageId = text } });
        var link = client.Receiver(QueueNames.Clustering);
        link.SetCredit(1, CreditMode.Manual);
        link.Reject(await link.ReceiveAsync(TimeSpan.FromSeconds(60)), new Error("corrupt") { Description = "cannot be decoded" });
        await Poll.UntilAsync(async () => await _bus.ReadAsync<long>("SELECT count(*) FROM messages WHERE queue = 'clustering'") == 0);
    }

    private async Task<string> RunAsync(params string[] arguments)
    {
        await using var output = new StringWriter();
        Assert.Equal(0, await InvokeAsync(output, arguments));
        return output.ToString().Trim();
    }

    private Task<int> InvokeAsync(TextWriter output, params string[] arguments) => DeadLettersVerb.Create()
        .Parse([.. arguments, "--connection", _bus.ConnectionString])
        .InvokeAsync(
            new InvocationConfiguration { Output = output, Error = TextWriter.Null, EnableDefaultExceptionHandler = false },
            TestContext.Current.CancellationToken);
}
