using System.Diagnostics;

namespace Repaint.Local.Processes;

/// <summary>
/// A process in a session of its own, so that Ctrl-C in our terminal reaches us alone and we can stop things in order,
/// and which the kernel stops when we die without having done so.
/// </summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private static readonly TimeSpan DefaultGrace = TimeSpan.FromSeconds(15);

    private readonly Process _process;
    private readonly Signal _stopSignal;

    private ChildProcess(Process process, Signal stopSignal)
    {
        _process = process;
        _stopSignal = stopSignal;
        Id = process.Id;
        Exited = WaitForExitAsync();
    }

    public int Id { get; }

    /// <summary>Completes with the exit code, once nothing of its process group is left.</summary>
    public Task<int> Exited { get; }

    public static async Task<ChildProcess> StartAsync(ProcessCommand command)
    {
        // The shell redirects, so that output needs no pump here and a child can still write when we are gone. Each of
        // these programs becomes the next by exec: the process id is that of the command. Bash, as dash drops variables
        // whose names have a hyphen (services__image-gateway__…).
        var start = new ProcessStartInfo("bash") { WorkingDirectory = command.WorkingDirectory };
        string[] arguments =
        [
            "-c", "log=$1; shift; exec \"$@\" </dev/null >>\"$log\" 2>&1", "bash", command.LogFile ?? "/dev/null",
            "setsid", "setpriv", "--pdeathsig", Signals.Name(command.StopSignal),
            .. command.User is { } user ? (string[])[$"--reuid={user}", $"--regid={user}", "--init-groups"] : [],
            "--", command.FileName, .. command.Arguments,
        ];
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (name, value) in command.Environment)
        {
            start.Environment[name] = value;
        }

        return new ChildProcess(await ProcessSpawner.StartAsync(start), command.StopSignal);
    }

    /// <summary>Asks it to stop, then kills what is left of its group.</summary>
    public async Task StopAsync(TimeSpan? grace = null)
    {
        if (!Exited.IsCompleted)
        {
            Signals.Send(Id, _stopSignal);
        }

        try
        {
            await Exited.WaitAsync(grace ?? DefaultGrace, TimeProvider.System);
        }
        catch (TimeoutException)
        {
            Kill();
            await Exited;
        }
    }

    /// <summary>Kills the whole group at once.</summary>
    public void Kill() => Signals.Send(-Id, Signal.Kill);

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _process.Dispose();
    }

    private async Task<int> WaitForExitAsync()
    {
        await _process.WaitForExitAsync();
        var exitCode = _process.ExitCode;
        // A leader that crashed may leave members behind that hold its ports.
        Kill();
        return exitCode;
    }
}
