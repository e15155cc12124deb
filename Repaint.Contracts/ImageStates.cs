using System.Text.Json.Serialization;

namespace Repaint.Contracts;

/// <summary>State of one revision of an image.</summary>
[JsonConverter(typeof(CamelCaseEnumConverter<ImageState>))]
public enum ImageState
{
    /// <summary>An upload has begun; its bytes are not yet safe.</summary>
    Received,

    /// <summary>The bytes are in storage.</summary>
    Stored,

    /// <summary>Clustering has been asked for.</summary>
    Queued,

    /// <summary>A worker is at it.</summary>
    Clustering,

    /// <summary>Palettes, sketch and normalised original exist.</summary>
    Clustered,

    /// <summary>It went wrong for good; the reason says why.</summary>
    Failed,
}

/// <summary>State of the painting of one set of palettes.</summary>
[JsonConverter(typeof(CamelCaseEnumConverter<RenderingState>))]
public enum RenderingState
{
    /// <summary>Generation has been asked for.</summary>
    Queued,

    /// <summary>A worker is at it.</summary>
    Generating,

    /// <summary>The painting exists.</summary>
    Ready,

    /// <summary>It went wrong for good; the reason says why.</summary>
    Failed,
}

/// <summary>How large, or which layer of, an image a one-time URL serves.</summary>
[JsonConverter(typeof(CamelCaseEnumConverter<Rendition>))]
public enum Rendition
{
    /// <summary>The painting, long side 320 px.</summary>
    Thumbnail,

    /// <summary>The painting, long side 1600 px.</summary>
    View,

    /// <summary>The painting at full size (with no palette held: the sketch).</summary>
    Full,

    /// <summary>The photograph itself, full size; staff only.</summary>
    Original,

    /// <summary>The clustered image; staff only.</summary>
    Clusters,
}

/// <summary>What whoever opens a one-time URL does with the picture (RFC 6266).</summary>
[JsonConverter(typeof(CamelCaseEnumConverter<Disposition>))]
public enum Disposition
{
    /// <summary>Show it.</summary>
    Inline,

    /// <summary>Save it as a file.</summary>
    Attachment,
}

/// <summary>Which sizes of a painting one generation makes.</summary>
[JsonConverter(typeof(CamelCaseEnumConverter<RenderingSize>))]
public enum RenderingSize
{
    /// <summary>View and thumbnail together: what a screen shows.</summary>
    View,

    /// <summary>Full size; made when somebody asks for it.</summary>
    Full,
}
