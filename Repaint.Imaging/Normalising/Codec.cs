using OpenCvSharp;

namespace Repaint.Imaging.Normalising;

/// <summary>OpenCV's decoders and its JPEG encoder, on one thread each: a worker's cores are shared out by message.</summary>
internal static class Codec
{
    /// <summary>Quality of a photograph at full size.</summary>
    public const int OriginalQuality = 93;

    /// <summary>Quality of anything made for a screen.</summary>
    public const int ScreenQuality = 90;

    /// <summary>Quality of a thumbnail.</summary>
    public const int ThumbnailQuality = 82;

    static Codec() => Cv2.SetNumThreads(1);

    /// <summary>Decodes to 8-bit BGR, or BGRA/BGR/grey of the file's depth with <see cref="ImreadModes.Unchanged"/>.</summary>
    /// <exception cref="ImageRejectedException">The decoder finds it damaged.</exception>
    public static Mat Decode(ReadOnlySpan<byte> bytes, ImreadModes mode)
    {
        try
        {
            var decoded = Cv2.ImDecode(bytes, mode);
            if (!decoded.Empty())
            {
                return decoded;
            }

            decoded.Dispose();
        }
        catch (OpenCVException exception)
        {
            throw new ImageRejectedException(RejectionReason.Corrupt, "The decoder refuses it.", exception);
        }

        throw new ImageRejectedException(RejectionReason.Corrupt, "The decoder refuses it.");
    }

    /// <summary>Baseline JPEG, 4:2:0, no metadata.</summary>
    public static byte[] EncodeJpeg(Mat image, int quality)
    {
        Cv2.ImEncode(".jpg", image, out var bytes, new ImageEncodingParam(ImwriteFlags.JpegQuality, quality));
        return bytes;
    }

    public static byte[] EncodeThumbnail(Mat image)
    {
        using var thumbnail = Fit(image, RenditionSizes.Thumbnail);
        return EncodeJpeg(thumbnail, ThumbnailQuality);
    }

    /// <summary>A copy whose long side is at most <paramref name="longSide"/>; the image itself, shared, when it already fits.</summary>
    public static Mat Fit(Mat image, int longSide)
    {
        var target = FitSize(image.Size(), longSide);
        if (target == image.Size())
        {
            return new Mat(image, new Rect(default, target));
        }

        return Shrink(image, target);
    }

    /// <summary>Means over the areas that become one value when a plane is made smaller; they may cut through values.</summary>
    public static void Average(float[] plane, Size size, float[] smaller, Size target)
    {
        using var from = Mat.FromPixelData(size.Height, size.Width, MatType.CV_32FC1, plane);
        using var to = Mat.FromPixelData(target.Height, target.Width, MatType.CV_32FC1, smaller);
        Cv2.Resize(from, to, target, interpolation: InterpolationFlags.Area);
    }

    /// <summary>
    /// A smaller copy: halved by means of two by two pixels, which is vectorised, as long as it is twice too large, then
    /// interpolated. Averaging over areas of broken size costs several times as much and looks the same.
    /// </summary>
    public static Mat Shrink(Mat image, Size target)
    {
        var current = new Mat(image, new Rect(default, image.Size()));
        for (var half = Half(image.Size()); half.Width >= target.Width && half.Height >= target.Height; half = Half(half))
        {
            using var even = new Mat(current, new Rect(0, 0, 2 * half.Width, 2 * half.Height));
            var halved = new Mat();
            Cv2.Resize(even, halved, half, interpolation: InterpolationFlags.Area);
            current.Dispose();
            current = halved;
        }

        if (current.Size() == target)
        {
            return current;
        }

        using (current)
        {
            var shrunk = new Mat();
            Cv2.Resize(current, shrunk, target, interpolation: InterpolationFlags.Linear);
            return shrunk;
        }
    }

    public static Size FitSize(Size size, int longSide)
    {
        var scale = Math.Min(1.0, longSide / (double)Math.Max(size.Width, size.Height));
        return new Size(Math.Max(1, (int)Math.Round(size.Width * scale)), Math.Max(1, (int)Math.Round(size.Height * scale)));
    }

    private static Size Half(Size size) => new(size.Width / 2, size.Height / 2);
}
