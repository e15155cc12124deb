using Repaint.Contracts;
using Repaint.ImageGateway.Renderings;

namespace Repaint.ImageGateway.OneTimeUrls;

/// <summary>
/// What a link shows at this moment, looked up the same way when it is minted and when it is used: the painting of the set
/// that is current for the visitor, in the revision that serves; the sketch while there is none. <c>Missing</c> is the painting
/// that would have to be made first; null when there is something to show.
/// </summary>
internal sealed record View(ImageBlobNames Names, Rendition Rendition, PaletteSet PaletteSet, bool IsComplete, WantedPainting? Missing)
{
    /// <summary>The size of painting a rendition needs.</summary>
    public static RenderingSize SizeOf(Rendition rendition) => rendition == Rendition.Full ? RenderingSize.Full : RenderingSize.View;

    /// <summary>
    /// Resolves the visitor's current set, or the one that was asked for; ready means that its painting exists in the size of the
    /// rendition.
    /// </summary>
    public static View Of(ImageBlobNames names, int paletteCount, Rendition rendition, PaletteSet set, bool showsCurrent, bool isReady)
    {
        var isComplete = set.IsComplete(paletteCount);
        if (rendition is Rendition.Original or Rendition.Clusters || set == PaletteSet.None || isComplete || isReady)
        {
            return new View(names, rendition, set, isComplete, null);
        }

        // A visitor whose painting is still being made for a retaken photo looks at its sketch meanwhile.
        var size = SizeOf(rendition);
        return showsCurrent && size == RenderingSize.View
            ? new View(names, rendition, PaletteSet.None, false, null)
            : new View(names, rendition, set, false, new WantedPainting(names.EventId, names.ImageId, names.Revision, set, size));
    }

    public string ContentType => Rendition == Rendition.Clusters ? "image/png" : "image/jpeg";

    /// <summary>Says what the file is, and nothing about when or of whom it was taken.</summary>
    public string FileName => Rendition == Rendition.Clusters ? "repaint.png" : "repaint.jpg";

    public string BlobName => (Rendition, PaletteSet, IsComplete) switch
    {
        (Rendition.Original, _, _) => Names.Original,
        (Rendition.Clusters, _, _) => Names.Clusters,
        (Rendition.Thumbnail, { Mask: 0 }, _) => Names.SketchThumbnail,
        (_, { Mask: 0 }, _) => Names.Sketch,
        (Rendition.Thumbnail, _, true) => Names.OriginalThumbnail,
        (Rendition.View, _, true) => Names.OriginalView,
        (_, _, true) => Names.Original,
        (Rendition.Thumbnail, _, _) => Names.RenderingThumbnail(PaletteSet),
        (Rendition.View, _, _) => Names.RenderingView(PaletteSet),
        _ => Names.RenderingFull(PaletteSet),
    };
}
