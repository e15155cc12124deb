using System.Diagnostics;
using OpenTelemetry;
using Repaint.Contracts;

namespace Repaint.ServiceDefaults.Telemetry;

/// <summary>Has a failed span exported even when its trace was not chosen. Comes before the exporter.</summary>
internal sealed class FailureProcessor : BaseProcessor<Activity>
{
    public override void OnEnd(Activity data)
    {
        if (data.Status == ActivityStatusCode.Error || data.GetTagItem(TelemetryAttributes.Reason) is not null)
        {
            data.ActivityTraceFlags |= ActivityTraceFlags.Recorded;
        }
    }
}
