namespace Repaint.Contracts;

/// <summary>Attribute names on spans and logs. Never a token, a QR payload or a person's name.</summary>
public static class TelemetryAttributes
{
    /// <summary>Event id, UUID.</summary>
    public const string EventId = "repaint.event.id";

    /// <summary>Image id, UUID.</summary>
    public const string ImageId = "repaint.image.id";

    /// <summary>Image revision, integer from 1.</summary>
    public const string ImageRevision = "repaint.image.revision";

    /// <summary>State of the image or rendering, camelCase.</summary>
    public const string State = "repaint.state";

    /// <summary>Visitor id, UUID.</summary>
    public const string VisitorId = "repaint.visitor.id";

    /// <summary>Palette set, four hex digits.</summary>
    public const string PaletteSet = "repaint.palette_set";

    /// <summary>Attempt, integer from 1.</summary>
    public const string Attempt = "repaint.attempt";

    /// <summary>Failure reason, see <see cref="FailureReasons"/>.</summary>
    public const string Reason = "repaint.reason";

    /// <summary>Span that marks the moment a visitor's update stream can announce the new picture.</summary>
    public const string ImageVisibleSpan = "image.visible";
}
