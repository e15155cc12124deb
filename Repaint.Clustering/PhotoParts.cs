using Repaint.Clustering.Decoding;
using Repaint.Contracts;
using Repaint.Contracts.Messages;
using Repaint.Imaging.Normalising;
using Repaint.Imaging.Palettes;
using Repaint.Imaging.Sketching;

namespace Repaint.Clustering;

/// <summary>Everything that is stored of one photograph.</summary>
internal sealed record PhotoParts(
    int Width,
    int Height,
    ClusterMap Map,
    ReadOnlyMemory<byte> Original,
    byte[] View,
    byte[] Thumbnail,
    byte[] Sketch,
    byte[] SketchThumbnail,
    byte[] Clusters)
{
    /// <summary>Makes them, on the calling thread.</summary>
    /// <exception cref="Imaging.ImageRejectedException">The upload is not a picture that can be worked with.</exception>
    public static PhotoParts Make(ReadOnlyMemory<byte> upload, int paletteCount, ClusteringTelemetry telemetry)
    {
        using var photo = telemetry.Stage("decode", () => PhotoNormaliser.Normalise(upload, decodeHeic: HeicDecoder.Decode));
        using var sketch = telemetry.Stage("sketch", () => PencilSketch.Draw(photo));
        var map = telemetry.Stage("cluster", () => PaletteClusterer.Cluster(photo, sketch, paletteCount));
        return telemetry.Stage("encode", () => new PhotoParts(
            photo.Width, photo.Height, map,
            photo.Original, photo.EncodeView(), photo.EncodeThumbnail(),
            sketch.Encode(), sketch.EncodeThumbnail(), map.ToPng()));
    }

    /// <summary>The palettes as messages tell of them.</summary>
    public static IReadOnlyList<PaletteDescription> Describe(ClusterMap map) =>
        [.. map.Colours.Zip(map.Names(), map.Shares()).Select((palette, id) => new PaletteDescription(
            id, palette.First.ToString(), new ColourName(palette.Second.Ja, palette.Second.En), palette.Third))];
}
