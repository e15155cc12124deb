using OpenCvSharp;
using Repaint.Imaging.Palettes;

namespace Repaint.Imaging.Painting;

/// <summary>
/// How much of each pixel shows the photograph (255) and how much the sketch (0): the held palettes' region, its edge
/// drawn onto the photograph's edges by one guided filter. Whatever a palette set and its complement show adds up to
/// exactly 255 at every pixel, and so does what photograph and sketch contribute: no seams.
/// </summary>
internal sealed class HeldMask : IDisposable
{
    // Of half-size pixels: the filter's coefficients vary slowly, the guide they are applied to is the full picture.
    private const int Radius = 3;
    private const double Epsilon = 4e-4;

    // Strips of the picture are finished one after the other, so that only they exist as floats and as enlarged sketch.
    private const int StripHeight = 128;

    private readonly Mat _slope;
    private readonly Mat _offset;
    private readonly bool _inverted;

    private HeldMask(Mat slope, Mat offset, bool inverted) => (_slope, _offset, _inverted) = (slope, offset, inverted);

    /// <param name="photo">8-bit BGR, any size.</param>
    /// <param name="map">Its palettes.</param>
    /// <param name="held">Bit k is palette k.</param>
    public static HeldMask Create(Mat photo, ClusterMap map, ushort held)
    {
        // Rounding is not symmetric; of a set and its complement, only one is ever computed.
        var inverted = (held & 1) != 0;
        var wanted = inverted ? ~held : held;
        using var mask = HalfSize(map, wanted);
        using var grey = new Mat();
        Cv2.CvtColor(photo, grey, ColorConversionCodes.BGR2GRAY);
        Cv2.Resize(grey, grey, mask.Size(), interpolation: InterpolationFlags.Area);
        using var guide = new Mat();
        grey.ConvertTo(guide, MatType.CV_32F, 1 / 255.0);
        using var filter = new GuidedFilter(guide, Radius, Epsilon);
        var (slope, offset) = filter.Fit(mask);
        return new HeldMask(slope, offset, inverted);
    }

    /// <summary>Blends the sketch, enlarged to the photograph's size, into the photograph, in place.</summary>
    public void Blend(Mat photo, Mat sketch)
    {
        using var slope = new Mat();
        using var offset = new Mat();
        using var enlarged = new Mat();
        using var guide = new Mat();
        var alpha = new byte[photo.Width];
        var whole = photo.Size();
        for (var top = 0; top < whole.Height; top += StripHeight)
        {
            var size = new Size(whole.Width, Math.Min(StripHeight, whole.Height - top));
            using var strip = new Mat(photo, new Rect(new Point(0, top), size));
            Enlarge(_slope, slope, size, whole, top);
            Enlarge(_offset, offset, size, whole, top);
            Enlarge(sketch, enlarged, size, whole, top);
            Cv2.CvtColor(strip, guide, ColorConversionCodes.BGR2GRAY);
            for (var y = 0; y < size.Height; y++)
            {
                AlphaRow.Compute(slope.RowSpan<float>(y), offset.RowSpan<float>(y), guide.RowSpan<byte>(y), _inverted, alpha);
                AlphaRow.Blend(strip.RowSpan<Vec3b>(y), enlarged.RowSpan<Vec3b>(y), alpha);
            }
        }
    }

    public void Dispose()
    {
        _slope.Dispose();
        _offset.Dispose();
    }

    /// <summary>The share of wanted palettes in every two by two pixels of the map.</summary>
    private static Mat HalfSize(ClusterMap map, int wanted)
    {
        var (width, height) = (Math.Max(1, map.Width / 2), Math.Max(1, map.Height / 2));
        var mask = new Mat(height, width, MatType.CV_32FC1);
        var labels = map.Labels.Span;
        var (right, below) = (map.Width > 1 ? 1 : 0, map.Height > 1 ? map.Width : 0);
        for (var y = 0; y < height; y++)
        {
            var row = mask.RowSpan<float>(y);
            for (int x = 0, at = 2 * y * map.Width; x < row.Length; x++, at += 2)
            {
                var count = (wanted >> labels[at] & 1) + (wanted >> labels[at + right] & 1)
                    + (wanted >> labels[at + below] & 1) + (wanted >> labels[at + below + right] & 1);
                row[x] = count * 0.25f;
            }
        }

        return mask;
    }

    /// <summary>Rows <paramref name="top"/>… of an image enlarged to a size, interpolated between pixel centres.</summary>
    private static void Enlarge(Mat from, Mat to, Size strip, Size whole, int top)
    {
        if (from.Size() == whole)
        {
            using var rows = new Mat(from, new Rect(new Point(0, top), strip));
            rows.CopyTo(to);
            return;
        }

        var (scaleX, scaleY) = (from.Width / (double)whole.Width, from.Height / (double)whole.Height);
        using var transform = Mat.FromArray(new double[,]
        {
            { scaleX, 0, 0.5 * scaleX - 0.5 },
            { 0, scaleY, (top + 0.5) * scaleY - 0.5 },
        });
        Cv2.WarpAffine(from, to, transform, strip, InterpolationFlags.Linear | InterpolationFlags.WarpInverseMap, BorderTypes.Replicate);
    }
}
