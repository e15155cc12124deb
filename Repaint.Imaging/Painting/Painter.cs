using System.Runtime.InteropServices;
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
    // Strips of the picture are finished one after the other, so that only they exist as enlarged sketch.
    private const int StripHeight = 128;

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
            Blend(painting, drawn, new HeldAlpha(map, held, painting.Width, painting.Height));
            return painting;
        }
        catch
        {
            painting.Dispose();
            throw;
        }
    }

    private static void Blend(Mat photo, Mat sketch, HeldAlpha alpha)
    {
        using var strip = new Mat();
        var whole = photo.Size();
        for (var top = 0; top < whole.Height; top += StripHeight)
        {
            var size = new Size(whole.Width, Math.Min(StripHeight, whole.Height - top));
            using var enlarged = Enlarge(sketch, strip, size, whole, top);
            for (var y = 0; y < size.Height; y++)
            {
                alpha.Blend(top + y, MemoryMarshal.AsBytes(photo.RowSpan<Vec3b>(top + y)), MemoryMarshal.AsBytes(enlarged.RowSpan<Vec3b>(y)));
            }
        }
    }

    /// <summary>Rows <paramref name="top"/>… of an image enlarged to a size, interpolated between pixel centres.</summary>
    private static Mat Enlarge(Mat from, Mat to, Size strip, Size whole, int top)
    {
        if (from.Size() == whole)
        {
            return new Mat(from, new Rect(new Point(0, top), strip));
        }

        var (scaleX, scaleY) = (from.Width / (double)whole.Width, from.Height / (double)whole.Height);
        using var transform = Mat.FromArray(new double[,]
        {
            { scaleX, 0, 0.5 * scaleX - 0.5 },
            { 0, scaleY, (top + 0.5) * scaleY - 0.5 },
        });
        Cv2.WarpAffine(from, to, transform, strip, InterpolationFlags.Linear | InterpolationFlags.WarpInverseMap, BorderTypes.Replicate);
        return new Mat(to, new Rect(default, strip));
    }
}
