using System.Collections.Concurrent;
using Repaint.Local;
using Repaint.Local.Processes;
using Repaint.Local.Supervision;
using Repaint.Local.Topology;
using Repaint.Tests.Infrastructure;

namespace Repaint.Tests.Local;

public sealed class SupervisorTests : IDisposable
{
    private readonly TemporaryFolder _folder = new("supervisor");
    private readonly ConcurrentQueue<string> _report = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Starts_what_waits_after_what_it_waits_for_and_stops_it_before()
    {
        await using (var supervisor = Supervise(
            Server("base"),
            Job("job", $"cat {Marker("base")}") with { WaitsFor = ["base"] },
            Server("top", "job")))
        {
            await supervisor.StartAsync(Cancellation);

            Assert.Equal(
                [ResourceState.Healthy, ResourceState.Done, ResourceState.Healthy],
                supervisor.Statuses.Select(status => status.State));
        }

        Assert.Equal(
            ["base started", "top started", "top stopped", "base stopped"], await File.ReadAllLinesAsync(Marker("order"), Cancellation));
    }

    [Fact]
    public async Task Starts_what_died_again_and_shows_the_end_of_its_log()
    {
        await using var supervisor = Supervise(Server("worker"));
        await supervisor.StartAsync(Cancellation);
        var first = supervisor.Statuses[0].ProcessId!.Value;

        Signals.Send(first, Signal.Kill);
        await Condition.WaitAsync(
            "Restarted", _ => Task.FromResult(supervisor.Statuses[0] is { State: ResourceState.Healthy, Restarts: 1 }),
            TimeSpan.FromSeconds(30), Cancellation);

        Assert.NotEqual(first, supervisor.Statuses[0].ProcessId);
        Assert.Contains(_report, line => line.Contains("worker ended (exit code 137)", StringComparison.Ordinal)
            && line.Contains("| hello from worker", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_cannot_be_started_stops_everything_and_says_why()
    {
        var broken = Job("broken", "echo the disk is on fire; exit 3") with { WaitsFor = ["base"] };
        await using var supervisor = Supervise(Server("base"), broken);

        var failure = await Assert.ThrowsAsync<LocalException>(() => supervisor.StartAsync(Cancellation));

        Assert.Contains("broken failed (exit code 3)", failure.Message, StringComparison.Ordinal);
        Assert.Contains("the disk is on fire", failure.Message, StringComparison.Ordinal);
        Assert.All(supervisor.Statuses, status => Assert.Null(status.ProcessId));
    }

    [Fact]
    public async Task Stopping_leaves_nothing_of_a_process_group_that_does_not_want_to_go()
    {
        var command = new ProcessCommand("bash", "-c", $"trap '' TERM; (trap '' TERM; sleep 600) & echo $! >{Marker("child")}; wait");
        var process = await ChildProcess.StartAsync(command);
        await Condition.WaitAsync("Started", _ => Task.FromResult(File.Exists(Marker("child")) && new FileInfo(Marker("child")).Length > 0),
            TimeSpan.FromSeconds(30), Cancellation);
        var child = int.Parse(await File.ReadAllTextAsync(Marker("child"), Cancellation));

        await process.StopAsync(TimeSpan.FromMilliseconds(100));

        await Condition.WaitAsync("The child is gone", _ => Task.FromResult(!IsRunning(child)), TimeSpan.FromSeconds(30), Cancellation);
        Assert.Equal(137, await process.Exited);
    }

    public void Dispose() => _folder.Dispose();

    private static bool IsRunning(int processId)
    {
        var stat = $"/proc/{processId}/stat";
        try
        {
            // A zombie has ended; whoever inherited it has only not noticed yet.
            return !File.ReadAllText(stat).Contains(") Z ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }

    private Supervisor Supervise(params Resource[] resources) =>
        new(resources, _folder.Path, _report.Enqueue, _ => { }, TimeProvider.System);

    private string Marker(string name) => Path.Combine(_folder.Path, name + ".marker");

    private static Resource Job(string name, string script) => new(name, new ProcessCommand("bash", "-c", script), IsHealthy: null);

    /// <summary>Healthy as soon as it has left its marker; writes down when it starts and when it is asked to stop.</summary>
    private Resource Server(string name, params string[] waitsFor) => new(
        name,
        new ProcessCommand("bash", "-c",
            $"trap 'echo {name} stopped >>{Marker("order")}; exit 0' TERM; echo {name} started >>{Marker("order")}; " +
            $"echo hello from {name}; touch {Marker(name)}; while :; do sleep 0.05; done"),
        _ => Task.FromResult(File.Exists(Marker(name))))
    {
        WaitsFor = waitsFor,
    };
}
