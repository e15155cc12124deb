using System.CommandLine;
using Repaint.Local.Supervision;
using Repaint.Local.Topology;

namespace Repaint.Local.Verbs;

internal static class StatusVerb
{
    public static Command Create()
    {
        var data = SystemOptions.Data();
        var json = new Option<bool>("--json") { Description = "For programs" };
        var verb = new Command("status", "What runs where; exit code 3 when nothing does") { data, json };
        verb.SetAction(parsed => Run(new DataFolder(parsed.GetValue(data)!), parsed.GetValue(json)));
        return verb;
    }

    private static int Run(DataFolder data, bool json)
    {
        if (SystemState.Read(data) is not { } state)
        {
            Console.WriteLine(json ? "null" : $"Nothing is running on {data.Path}.");
            return 3;
        }

        if (json)
        {
            Console.WriteLine(state.ToJson());
            return 0;
        }

        foreach (var resource in state.Resources)
        {
            Console.WriteLine(
                $"{resource.Name,-18} {resource.State,-11} {resource.ProcessId?.ToString() ?? "–",7}  "
                + $"{resource.Restarts} restarts  {resource.Url}");
        }

        Console.WriteLine(state.Ready ? UpVerb.Addresses(state) : "Still starting.");
        return 0;
    }
}
