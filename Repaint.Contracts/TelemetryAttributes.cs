using System.Text.Json;

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

    /// <summary>How many visitors one span stands for, when they are too many to name.</summary>
    public const string Visitors = "repaint.visitors";

    /// <summary>Span around the bytes of an upload going into storage.</summary>
    public const string ImageStoreSpan = "image.store";

    /// <summary>Span of the transaction after which one-time URLs serve the newer picture.</summary>
    public const string ImageSwapSpan = "image.swap";

    /// <summary>Span that marks the moment a visitor's update stream can announce the new picture.</summary>
    public const string ImageVisibleSpan = "image.visible";

    /// <summary>A state as the value of <see cref="State"/>: as it is spelt in JSON.</summary>
    public static string ValueOf<TState>(TState state)
        where TState : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(state.ToString());
}
