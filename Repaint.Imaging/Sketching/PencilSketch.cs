using OpenCvSharp;
using Repaint.Imaging.Normalising;

namespace Repaint.Imaging.Sketching;

/// <summary>The look of a photograph of which no palette is held: pencil on warm paper.</summary>
public sealed class PencilSketch : IDisposable
{
    private PencilSketch(Mat image) => Image = image;

    /// <summary>8-bit BGR, the size of the photograph's view.</summary>
    internal Mat Image { get; }

    /// <summary>Draws the sketch.</summary>
    public static PencilSketch Draw(NormalisedPhoto photo)
    {
        using var grey = new Mat();
        Cv2.CvtColor(photo.View, grey, ColorConversionCodes.BGR2GRAY);
        var image = new Mat(grey.Size(), MatType.CV_8UC3);
        var longSide = Math.Max(grey.Width, grey.Height);
        using var soft = Blur(grey, longSide * Pencil.SoftRadius);
        using var line = Blur(grey, Math.Max(Pencil.LeastLineRadius, longSide * Pencil.LineRadius));
        using var shade = Blur(grey, longSide * Pencil.ShadeRadius);
        var height = grey.Height;
        for (var y = 0; y < height; y++)
        {
            var softRow = soft.RowSpan<byte>(y);
            var lineRow = line.RowSpan<byte>(y);
            var shadeRow = shade.RowSpan<byte>(y);
            var target = image.RowSpan<Vec3b>(y);
            for (var x = 0; x < target.Length; x++)
            {
                target[x] = Pencil.Stroke(softRow[x], lineRow[x], shadeRow[x]);
            }
        }

        return new PencilSketch(image);
    }

    /// <summary>JPEG, long side at most <see cref="RenditionSizes.View"/>.</summary>
    public byte[] Encode() => Codec.EncodeJpeg(Image, Codec.ScreenQuality);

    /// <summary>JPEG, long side at most <see cref="RenditionSizes.Thumbnail"/>.</summary>
    public byte[] EncodeThumbnail() => Codec.EncodeThumbnail(Image);

    /// <inheritdoc/>
    public void Dispose() => Image.Dispose();

    // A wide Gaussian at full size costs as much as the whole rest of the sketch; at reduced size it looks the same.
    private static Mat Blur(Mat grey, double sigma)
    {
        var blurred = new Mat();
        var factor = sigma >= 4 ? (int)(sigma / 2) : 1;
        if (factor == 1)
        {
            Cv2.GaussianBlur(grey, blurred, default, Math.Max(0.3, sigma));
            return blurred;
        }

        using var small = new Mat();
        Cv2.Resize(grey, small, new Size(Math.Max(1, grey.Width / factor), Math.Max(1, grey.Height / factor)), interpolation: InterpolationFlags.Area);
        Cv2.GaussianBlur(small, small, default, sigma / factor);
        Cv2.Resize(small, blurred, grey.Size(), interpolation: InterpolationFlags.Linear);
        return blurred;
    }
}
