using System.Diagnostics;
using Repaint.Local.Verbs;
using Repaint.Tests.Infrastructure;

namespace Repaint.Tests.Local;

public sealed class DetachedSystemTests : IDisposable
{
    private readonly TemporaryFolder _folder = new("detached");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_detached_system_keeps_nothing_open_that_its_caller_had()
    {
        var log = Path.Combine(_folder.Path, "a log");
        // Lists what it has open itself; 3 is the folder that it reads.
        var detached = DetachedSystem.InOwnSession(log, ["ls", "/proc/self/fd"]);
        // A script that holds a lock, and a pipe to the next program.
        using var script = Process.Start(new ProcessStartInfo(
            "bash", ["-c", "exec 7</dev/null 19</dev/null; exec \"$@\"", "bash", detached.FileName, .. detached.ArgumentList]))!;
        await script.WaitForExitAsync(Cancellation);

        Assert.Equal(0, script.ExitCode);
        Assert.Equal(["0", "1", "2", "3"], await File.ReadAllLinesAsync(log, Cancellation));
    }

    public void Dispose() => _folder.Dispose();
}
