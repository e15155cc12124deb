using System.CommandLine;
using Repaint.Local.Demo;
using Repaint.Local.Supervision;
using Repaint.Local.Topology;

namespace Repaint.Local.Verbs;

internal static class DemoVerb
{
    public static Command Create()
    {
        var photo = new Argument<FileInfo>("PHOTO") { Description = "A photograph: JPEG, PNG or WebP" }.AcceptExistingOnly();
        var output = new Option<string>("--out")
        {
            Description = "Folder for the pictures",
            HelpName = "DIR",
            DefaultValueFactory = _ => "repaint-demo",
        };
        var data = SystemOptions.Data();
        var ports = SystemOptions.Ports();
        var verb = new Command("demo", "Play the whole game on a photo; starts the system if it is not running")
        {
            photo, output, data, ports,
        };
        verb.SetAction((parsed, cancellation) => RunAsync(
            parsed.GetValue(photo)!.FullName, parsed.GetValue(output)!,
            new DataFolder(parsed.GetValue(data)!), new PortMap(parsed.GetValue(ports)), cancellation));
        return verb;
    }

    private static async Task<int> RunAsync(
        string photo, string output, DataFolder data, PortMap ports, CancellationToken cancellationToken)
    {
        var time = TimeProvider.System;
        var running = SystemState.Read(data);
        await using var own = running is null
            ? await RunningSystem.StartAsync(data, ports, lan: null, Console.WriteLine, cancellationToken)
            : null;
        var state = running ?? own!.State;
        using var staff = StaffClient.For(state, data, time);
        using var visitor = new VisitorClient(state.Urls.Api, time, state.Lan);
        await new DemoRun(state, staff, visitor, output, Console.WriteLine, time).RunAsync(photo, cancellationToken);
        return 0;
    }
}
