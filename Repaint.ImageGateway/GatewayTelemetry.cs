using System.Diagnostics;
using Repaint.Contracts;

namespace Repaint.ImageGateway;

internal static class GatewayTelemetry
{
    public static ActivitySource Source { get; } = new("Repaint.ImageGateway");

    /// <summary>Names the image on the current span.</summary>
    public static void Describe(Guid imageId, int? revision = null)
    {
        var activity = Activity.Current;
        activity?.SetTag(TelemetryAttributes.ImageId, imageId);
        if (revision is { } number)
        {
            activity?.SetTag(TelemetryAttributes.ImageRevision, number);
        }
    }
}
