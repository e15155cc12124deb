using System.CommandLine;
using System.Runtime.InteropServices;
using Repaint.Local.Supervision;
using Repaint.Local.Topology;

namespace Repaint.Local.Verbs;

internal static class UpVerb
{
    public static Command Create()
    {
        var data = SystemOptions.Data();
        var ports = SystemOptions.Ports();
        var detach = new Option<bool>("--detach") { Description = "Return when everything is healthy, and leave it running" };
        var verb = new Command("up", "Start everything; Ctrl-C stops it") { data, ports, detach };
        verb.SetAction((parsed, cancellation) =>
        {
            var folder = new DataFolder(parsed.GetValue(data)!);
            var map = new PortMap(parsed.GetValue(ports));
            return parsed.GetValue(detach) ? DetachedSystem.StartAsync(folder, map, cancellation) : RunAsync(folder, map, cancellation);
        });
        return verb;
    }

    private static async Task<int> RunAsync(DataFolder data, PortMap ports, CancellationToken cancellationToken)
    {
        // A closed terminal stops it as Ctrl-C does.
        using var closing = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal =>
        {
            signal.Cancel = true;
            closing.Cancel();
        });

        await using var system = await RunningSystem.StartAsync(data, ports, Console.WriteLine, closing.Token);
        Console.WriteLine(Addresses(system.State));
        Console.WriteLine("Ctrl-C stops everything.");
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, closing.Token);
        }
        catch (OperationCanceledException)
        {
            Console.WriteLine("Stopping…");
        }

        return 0;
    }

    /// <summary>Where everything is, for a person.</summary>
    public static string Addresses(SystemState state) => $"""

        Re:paint is running.
          API, with its reference   {state.Urls.ApiDocs}
          Traces, logs, metrics     {state.Urls.Dashboard}
          Staff account             {state.StaffAccountFile}
          Data, logs                {state.DataFolder}
        """;
}
