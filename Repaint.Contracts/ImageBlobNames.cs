namespace Repaint.Contracts;

/// <summary>
/// Names of the blobs of one revision of one image in <see cref="ResourceNames.ImagesContainer"/>:
/// <c>{eventId}/{imageId}/{revision}/…</c>. Every blob is a baseline JPEG without metadata unless said otherwise.
/// </summary>
/// <param name="EventId">The event; the prefix that erasing an event removes.</param>
/// <param name="ImageId">The logical image.</param>
/// <param name="Revision">1 for the first photograph, one more for every retake.</param>
public readonly record struct ImageBlobNames(Guid EventId, Guid ImageId, int Revision)
{
    /// <summary>Long side in pixels of every <c>thumbnail</c>.</summary>
    public const int ThumbnailLongSide = 320;

    /// <summary>Long side in pixels of every <c>view</c>, and of the sketch.</summary>
    public const int ViewLongSide = 1600;

    /// <summary>Prefix of all blobs of this revision, with a trailing slash.</summary>
    public string Prefix => $"{ImagePrefix(EventId, ImageId)}{Revision}/";

    /// <summary>Raw bytes as received, any accepted format; deleted once normalised.</summary>
    public string Upload => Prefix + "upload";

    /// <summary>The photograph, upright, sRGB, at full size.</summary>
    public string Original => Prefix + "original.jpg";

    /// <summary><see cref="Original"/> at view size.</summary>
    public string OriginalView => Prefix + "original.view.jpg";

    /// <summary><see cref="Original"/> at thumbnail size.</summary>
    public string OriginalThumbnail => Prefix + "original.thumbnail.jpg";

    /// <summary>The look of a photograph of which no palette is held, at view size.</summary>
    public string Sketch => Prefix + "sketch.jpg";

    /// <summary><see cref="Sketch"/> at thumbnail size.</summary>
    public string SketchThumbnail => Prefix + "sketch.thumbnail.jpg";

    /// <summary>The clustered image at view size or below: indexed PNG, pixel = palette id, PLTE = palette colours.</summary>
    public string Clusters => Prefix + "clusters.png";

    /// <summary>Prefix of all blobs of an event, with a trailing slash.</summary>
    public static string EventPrefix(Guid eventId) => $"{eventId:D}/";

    /// <summary>Prefix of all blobs of all revisions of an image, with a trailing slash.</summary>
    public static string ImagePrefix(Guid eventId, Guid imageId) => $"{EventPrefix(eventId)}{imageId:D}/";

    /// <summary>A painting at full size. Exists for sets other than none (the sketch) and all (the original).</summary>
    public string RenderingFull(PaletteSet set) => $"{Prefix}renderings/{set}.jpg";

    /// <summary>A painting at view size.</summary>
    public string RenderingView(PaletteSet set) => $"{Prefix}renderings/{set}.view.jpg";

    /// <summary>A painting at thumbnail size.</summary>
    public string RenderingThumbnail(PaletteSet set) => $"{Prefix}renderings/{set}.thumbnail.jpg";
}
