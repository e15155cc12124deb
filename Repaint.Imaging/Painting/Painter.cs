using OpenCvSharp;
using Repaint.Imaging.Normalising;
using Repaint.Imaging.Palettes;

namespace Repaint.Imaging.Painting;

/// <summary>A painting at the sizes a screen shows.</summary>
/// <param name="View">JPEG, the size of the view it was painted on.</param>
/// <param name="Thumbnail">JPEG, long side at most <see cref="RenditionSizes.Thumbnail"/>.</param>
public sealed record ScreenPainting(byte[] View, byte[] Thumbnail);

/// <summary>Lets the held palettes' regions of the photograph appear over the sketch.</summary>
public static class Painter
{
    /// <summary>Paints at view size.</summary>
    /// <param name="photo">JPEG: the photograph at view size.</param>
    /// <param name="sketch">JPEG: its sketch.</param>
    /// <param name="map">Its palettes.</param>
    /// <param name="held">The palettes to paint: bit k is palette k.</param>
    /// <exception cref="ImageRejectedException">A part is damaged.</exception>
    public static ScreenPainting PaintForScreen(ReadOnlySpan<byte> photo, ReadOnlySpan<byte> sketch, ClusterMap map, ushort held)
    {
        using var painting = Paint(photo, sketch, map, held);
        return new ScreenPainting(Codec.EncodeJpeg(painting, Codec.ScreenQuality), Codec.EncodeThumbnail(painting));
    }

    /// <summary>Paints at full size; sketch and map are scaled up.</summary>
    /// <param name="photo">JPEG: the photograph at full size.</param>
    /// <param name="sketch">JPEG: its sketch at view size.</param>
    /// <param name="map">Its palettes.</param>
    /// <param name="held">The palettes to paint: bit k is palette k.</param>
    /// <exception cref="ImageRejectedException">A part is damaged.</exception>
    public static byte[] PaintFull(ReadOnlySpan<byte> photo, ReadOnlySpan<byte> sketch, ClusterMap map, ushort held)
    {
        using var painting = Paint(photo, sketch, map, held);
        return Codec.EncodeJpeg(painting, Codec.OriginalQuality);
    }

    internal static Mat Paint(ReadOnlySpan<byte> photo, ReadOnlySpan<byte> sketch, ClusterMap map, ushort held)
    {
        using var drawn = Codec.Decode(sketch, ImreadModes.Color | ImreadModes.IgnoreOrientation);
        var painting = Codec.Decode(photo, ImreadModes.Color | ImreadModes.IgnoreOrientation);
        try
        {
            using var mask = HeldMask.Create(painting, map, held);
            mask.Blend(painting, drawn);
            return painting;
        }
        catch
        {
            painting.Dispose();
            throw;
        }
    }
}
