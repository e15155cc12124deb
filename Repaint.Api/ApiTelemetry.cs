using System.Diagnostics;

namespace Repaint.Api;

internal static class ApiTelemetry
{
    public static readonly ActivitySource Source = new("Repaint.Api");

    /// <summary>W3C traceparent of the current activity, to be stored beside what it asked for; null outside any.</summary>
    public static string? CurrentTraceParent => Activity.Current is { IdFormat: ActivityIdFormat.W3C } activity ? activity.Id : null;

    /// <summary>Starts work for a stored traceparent; for several different ones, a trace of its own that links to them.</summary>
    public static Activity? StartStored(string name, IEnumerable<string?> traceParents)
    {
        var causes = traceParents.Distinct()
            .Select(traceParent => ActivityContext.TryParse(traceParent, null, isRemote: true, out var cause) ? cause : default)
            .Where(cause => cause != default)
            .ToList();
        return causes.Count == 1
            ? Source.StartActivity(name, ActivityKind.Producer, causes[0])
            : Source.StartActivity(name, ActivityKind.Producer, default(ActivityContext), links: causes.Select(cause => new ActivityLink(cause)));
    }
}
