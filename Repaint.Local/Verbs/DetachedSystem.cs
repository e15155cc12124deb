using System.Diagnostics;
using Repaint.Local.Lan;
using Repaint.Local.Supervision;
using Repaint.Local.Topology;

namespace Repaint.Local.Verbs;

/// <summary>A system whose supervisor is a process of its own, in a session of its own.</summary>
internal static class DetachedSystem
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(10);

    /// <summary>Starts it, waits until everything is healthy, and prints the addresses.</summary>
    public static async Task<int> StartAsync(DataFolder data, PortMap ports, LanOptions? lan, CancellationToken cancellationToken)
    {
        data.Create();
        // The new supervisor would say so as well, but only after the running one's log has been replaced.
        using (data.Lock())
        {
            SystemState.DiscardDamaged(data);
        }

        var log = Path.Combine(data.Logs, "up.log");
        File.Delete(log);
        using var supervisor = Process.Start(Start(data, ports, lan, log))!;
        SystemState? state = null;
        try
        {
            await Condition.WaitAsync("Everything is healthy", _ =>
            {
                state = supervisor.HasExited ? null : SystemState.Read(data);
                return Task.FromResult(supervisor.HasExited
                    || (state is { Ready: true } ready && ready.Supervisor.ProcessId == supervisor.Id));
            }, StartTimeout, cancellationToken);
        }
        catch (Exception exception) when (exception is OperationCanceledException or LocalException)
        {
            Processes.Signals.Send(supervisor.Id, Processes.Signal.Terminate);
            await supervisor.WaitForExitAsync(CancellationToken.None);
            throw;
        }

        if (supervisor.HasExited)
        {
            var said = (await File.ReadAllTextAsync(log, cancellationToken)).TrimEnd();
            throw new LocalException(
                said.Length > 0 ? said : $"It ended with code {supervisor.ExitCode} and could not write why into {log}: is the disk full?");
        }

        Console.WriteLine(UpVerb.Addresses(state!));
        Console.WriteLine("`./repaint down` stops everything.");
        return 0;
    }

    private static ProcessStartInfo Start(DataFolder data, PortMap ports, LanOptions? lan, string log) => InOwnSession(
        log,
        [
            ServiceBinaries.DotNet, typeof(DetachedSystem).Assembly.Location, "up", "--data", data.Path, "--ports", $"{ports.Base}",
            .. Option("--lan", lan?.Host), .. Option("--cert", lan?.CertificateFile), .. Option("--lan-address", lan?.Address),
        ]);

    /// <summary>
    /// A command that outlives the terminal and has nothing of its caller: neither its output, nor a lock or a pipe that a
    /// script holds open, which would be held for as long as the system runs.
    /// </summary>
    internal static ProcessStartInfo InOwnSession(string log, IEnumerable<string> command) => new(
        "bash",
        [
            "-c",
            """
            log=$1
            shift
            for open in /proc/self/fd/*; do
              open=${open##*/}
              ((open <= 2)) || eval "exec $open>&-"
            done
            exec setsid "$@" </dev/null >>"$log" 2>&1
            """,
            "bash", log, .. command,
        ])
    {
        WorkingDirectory = "/",
    };

    private static string[] Option(string name, string? value) => value is null ? [] : [name, value];
}
