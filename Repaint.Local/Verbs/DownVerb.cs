using System.CommandLine;
using Repaint.Local.Processes;
using Repaint.Local.Supervision;
using Repaint.Local.Topology;

namespace Repaint.Local.Verbs;

internal static class DownVerb
{
    private static readonly TimeSpan StopTimeout = TimeSpan.FromMinutes(2);

    public static Command Create()
    {
        var data = SystemOptions.Data();
        var verb = new Command("down", "Stop everything, in order") { data };
        verb.SetAction((parsed, cancellation) => RunAsync(new DataFolder(parsed.GetValue(data)!), cancellation));
        return verb;
    }

    private static async Task<int> RunAsync(DataFolder data, CancellationToken cancellationToken)
    {
        if (SystemState.Read(data) is not { } state)
        {
            Console.WriteLine($"Nothing is running on {data.Path}.");
            return 0;
        }

        if (!Signals.Send(state.Supervisor.ProcessId, Signal.Terminate) && state.Supervisor.IsRunning)
        {
            throw new LocalException(
                $"Process {state.Supervisor.ProcessId}, which runs everything, belongs to another user: only they, or root, can stop it.");
        }

        await Condition.WaitAsync(
            "Everything has stopped", _ => Task.FromResult(!state.Supervisor.IsRunning), StopTimeout, cancellationToken);
        Console.WriteLine("Stopped.");
        return 0;
    }
}
