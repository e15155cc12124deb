using System.CommandLine;
using Repaint.Local.Demo;

namespace Repaint.Local.Verbs;

/// <summary><c>seed</c>: makes the demo event in a system that something else runs; <c>up</c> does it by itself.</summary>
internal static class SeedVerb
{
    private const string ApiVariable = "REPAINT_API";
    private const string AuthorityVariable = "REPAINT_AUTHORITY";

    public static Command Create()
    {
        var verb = new Command(
            "seed", $"Make the demo event: {ApiVariable}, {AuthorityVariable} and {ServeVerb.SecretVariable} (of the script client) say where")
        {
            Hidden = true,
        };
        verb.SetAction((_, cancellation) => RunAsync(cancellation));
        return verb;
    }

    private static async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        using var staff = new StaffClient(
            new Uri(Setting(ApiVariable)), new Uri(Setting(AuthorityVariable)), Setting(ServeVerb.SecretVariable), TimeProvider.System, lan: null);
        var demo = await DemoEvent.EnsureAsync(staff, cancellationToken);
        Console.WriteLine($"Event {demo.Event.Id}, {demo.Spots.Count} spots.");
        return 0;
    }

    private static string Setting(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value
        ? value
        : throw new LocalException($"{name} is not set.");
}
