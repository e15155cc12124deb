using System.Diagnostics;
using Repaint.Contracts;
using Repaint.Local;
using Repaint.Tests.Infrastructure;

namespace Repaint.Tests.LocalBus.Judge;

/// <summary>
/// Microsoft's own client judges the bus: @azure/service-bus, its version pinned by the lock file beside this. The
/// scenarios are in <c>judge.cjs</c>.
/// </summary>
public sealed class JudgeTests
{
    private const string Patient = "PT1M";
    private const string Hasty = "PT3S";

    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "LocalBus", "Judge");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("send, receive, complete")]
    [InlineData("abandoned until it is dead-lettered")]
    [InlineData("dead-lettered with a reason, and completed there")]
    [InlineData("deferred, and received by its number")]
    [InlineData("scheduled, and taken back")]
    [InlineData("peeked, page by page")]
    [InlineData("a batch, as full as it goes")]
    [InlineData("the same id twice")]
    [InlineData("outlives its time")]
    [InlineData("a lock is renewed")]
    [InlineData("received and deleted")]
    [InlineData("nothing to receive")]
    [InlineData("subscribed, eight at a time")]
    [InlineData("200 KB messages")]
    [InlineData("a hundred new connections")]
    [InlineData("a wrong key")]
    [InlineData("no such queue")]
    [InlineData("what is not covered says so")]
    [InlineData("a lock is lost", Hasty)]
    [InlineData("a consumer killed while it holds messages", Hasty)]
    public async Task Holds(string scenario, string lockDuration = Patient)
    {
        await using var bus = await TestBus.CreateAsync(TestQueues.With(lockDuration, maxDeliveryCount: 3));

        await JudgeAsync(scenario, bus.ConnectionString, lockDuration);
    }

    [Fact]
    public async Task Holds_over_tls()
    {
        using var authority = new TestAuthority();
        await using var bus = await TestBus.CreateAsync(settings: [("CertificateFile", authority.CertificateFile)]);

        await JudgeAsync(
            "send, receive, complete",
            bus.ConnectionString.Replace(";UseDevelopmentEmulator=true", "", StringComparison.Ordinal).Replace("127.0.0.1", "localhost", StringComparison.Ordinal),
            Patient,
            ("NODE_EXTRA_CA_CERTS", authority.AuthorityFile));
    }

    private static async Task JudgeAsync(
        string scenario, string connectionString, string lockDuration, params (string Name, string Value)[] environment)
    {
        var modules = await NpmPackages.InstallAsync(Folder, "Microsoft's Service Bus client from npm (once, about 30 MB)", _ => { }, Cancellation);
        var start = new ProcessStartInfo("node", [Path.Combine(Folder, "judge.cjs"), scenario])
        {
            RedirectStandardError = true,
            Environment =
            {
                ["CONNECTION"] = connectionString,
                ["QUEUE"] = QueueNames.Clustering,
                ["LOCK_MS"] = System.Xml.XmlConvert.ToTimeSpan(lockDuration).TotalMilliseconds.ToString("F0"),
                ["NODE_PATH"] = modules,
            },
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var node = Process.Start(start)!;
        try
        {
            var said = await node.StandardError.ReadToEndAsync(Cancellation).WaitAsync(TimeSpan.FromMinutes(4), Cancellation);
            await node.WaitForExitAsync(Cancellation);
            Assert.True(node.ExitCode == 0, $"{scenario}: {said}");
        }
        finally
        {
            if (!node.HasExited)
            {
                node.Kill(entireProcessTree: true);
            }
        }
    }
}
