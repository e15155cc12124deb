using System.Runtime.InteropServices;
using OpenCvSharp;

namespace Repaint.Imaging.Normalising;

/// <summary>What shows through a transparent picture is white, as it would on the web page it comes from.</summary>
internal static class Transparency
{
    /// <summary>8-bit BGR. Takes the image over.</summary>
    public static Mat OverWhite(Mat image)
    {
        using var source = image;
        using var shallow = new Mat();
        source.ConvertTo(shallow, MatType.MakeType(MatType.CV_8U, source.Channels()), source.Depth() == MatType.CV_16U ? 1.0 / 257 : 1);
        var result = new Mat();
        if (shallow.Channels() != 4)
        {
            // Transparency by one colour of the file: the decoder has made it opaque.
            if (shallow.Channels() == 1)
            {
                Cv2.CvtColor(shallow, result, ColorConversionCodes.GRAY2BGR);
            }
            else
            {
                shallow.CopyTo(result);
            }

            return result;
        }

        Cv2.CvtColor(shallow, result, ColorConversionCodes.BGRA2BGR);
        var (width, height) = (result.Width, result.Height);
        for (var y = 0; y < height; y++)
        {
            var transparent = MemoryMarshal.AsBytes(shallow.RowSpan<Vec4b>(y));
            var opaque = MemoryMarshal.AsBytes(result.RowSpan<Vec3b>(y));
            for (int x = 0, from = 0, to = 0; x < width; x++, from += 4, to += 3)
            {
                var alpha = transparent[from + 3];
                for (var channel = 0; channel < 3; channel++)
                {
                    opaque[to + channel] = (byte)((transparent[from + channel] * alpha + 255 * (255 - alpha) + 127) / 255);
                }
            }
        }

        return result;
    }
}
