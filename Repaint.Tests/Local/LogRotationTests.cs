using Repaint.Local.Processes;
using Repaint.Local.Supervision;
using Repaint.Tests.Infrastructure;

namespace Repaint.Tests.Local;

public sealed class LogRotationTests : IDisposable
{
    private readonly TemporaryFolder _folder = new("rotation");

    [Fact]
    public async Task A_process_goes_on_writing_to_a_log_that_was_set_aside()
    {
        var log = Path.Combine(_folder.Path, "service.log");
        var go = Path.Combine(_folder.Path, "go");
        var script = $"echo before; until test -e '{go}'; do sleep 0.05; done; echo after";
        await using var process = await ChildProcess.StartAsync(new ProcessCommand("bash", "-c", script) { LogFile = log });
        await Poll.UntilAsync(() => Task.FromResult(File.Exists(log) && File.ReadAllText(log) == "before\n"));

        LogRotation.Rotate(log, limit: 6);
        Assert.Equal("", File.ReadAllText(log));
        File.WriteAllText(go, "");
        await process.Exited;

        Assert.Equal("after\n", File.ReadAllText(log));
        Assert.Equal("before\n", File.ReadAllText(LogRotation.Previous(log)));
    }

    [Fact]
    public void A_log_that_is_short_stays()
    {
        var log = Path.Combine(_folder.Path, "short.log");
        File.WriteAllText(log, "short");

        LogRotation.Rotate(log, limit: 5);
        LogRotation.Rotate(Path.Combine(_folder.Path, "missing.log"), limit: 5);

        Assert.Equal("short", File.ReadAllText(log));
        Assert.False(File.Exists(LogRotation.Previous(log)));
    }

    public void Dispose() => _folder.Dispose();
}
