using System.Diagnostics;
using Repaint.Contracts;
using Repaint.ImageGateway.Images;

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

    /// <summary>Puts an image's new state on the current span; a failure marks the span as one that sampling must keep.</summary>
    public static void Describe(Image image, ImageRevision revision) => Activity.Current?
        .SetTag(TelemetryAttributes.EventId, image.EventId)
        .SetTag(TelemetryAttributes.ImageId, image.Id)
        .SetTag(TelemetryAttributes.ImageRevision, revision.Revision)
        .SetTag(TelemetryAttributes.VisitorId, image.VisitorId)
        .SetTag(TelemetryAttributes.State, TelemetryAttributes.ValueOf(revision.State))
        .SetTag(TelemetryAttributes.Attempt, revision.Attempt)
        .SetTag(TelemetryAttributes.Reason, revision.Reason);
}
