using System.Diagnostics;

namespace Repaint.ServiceDefaults.Telemetry;

/// <summary>From one trace to another that it has to do with: from a pick, a redemption or a repair to the image's upload.</summary>
public static class TraceLinks
{
    /// <summary>Links an activity to a span whose ids were stored; does nothing without them.</summary>
    public static void LinkTo(this Activity? activity, string? traceId, string? spanId)
    {
        if (activity is not null && Context(traceId, spanId) is { } upload)
        {
            activity.AddLink(new ActivityLink(upload));
        }
    }

    /// <summary>Starts a trace of its own that is linked to a stored span.</summary>
    public static Activity? StartLinked(this ActivitySource source, string name, string? traceId, string? spanId)
    {
        var activity = source.StartActivity(name);
        activity.LinkTo(traceId, spanId);
        return activity;
    }

    private static ActivityContext? Context(string? traceId, string? spanId) =>
        ActivityContext.TryParse($"00-{traceId}-{spanId}-00", null, isRemote: true, out var context) ? context : null;
}
