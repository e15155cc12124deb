using OpenCvSharp;

namespace Repaint.Benchmarks.Imaging;

/// <summary>Q and its six factors, each 0–1 and better the higher; and the reveal of the worst palette.</summary>
internal sealed record QualityScore(double C, double D, double S, double B, double E, double R, double LeastReveal)
{
    public double Q => 100 * Math.Pow(C * D * S * B * E * R, 1.0 / 6);
}

/// <summary>How good a map of palettes is: the frozen measure of the product's plan. It must not be tuned.</summary>
internal static class Quality
{
    private const double LeastComponent = 0.001;
    private const double Nothing = 1e-9;

    /// <param name="photo">CIELAB, three floats a pixel, at the map's size.</param>
    /// <param name="sketch">Likewise.</param>
    /// <param name="labels">Palette of each pixel, row by row.</param>
    /// <param name="count">How many palettes were asked for; one that has no pixel reveals nothing.</param>
    public static QualityScore Of(Mat photo, Mat sketch, byte[] labels, int count)
    {
        var (width, height) = (photo.Width, photo.Height);
        var (lab, before) = (Read(photo), Read(sketch));
        var means = Means(lab, labels, count);
        var mean = Means(lab, new byte[labels.Length], 1)[0];
        var (own, whole) = (0.0, 0.0);
        var reveals = new double[count];
        for (var at = 0; at < labels.Length; at++)
        {
            own += DeltaE.Between(lab[at], means[labels[at]]);
            whole += DeltaE.Between(lab[at], mean);
            reveals[labels[at]] += Distance(lab[at], before[at]);
        }

        var present = Enumerable.Range(0, count).Where(palette => Array.IndexOf(labels, (byte)palette) >= 0).ToArray();
        var total = Math.Max(Nothing, reveals.Sum());
        var boundary = BoundaryOf(labels, width, height);
        return new QualityScore(
            C: AtLeastNothing(1 - own / Math.Max(Nothing, whole)),
            D: AtLeastNothing(present.Average(palette => present.Length == 1 ? 0 : Math.Min(1, present
                .Where(other => other != palette).Min(other => DeltaE.Between(means[palette], means[other])) / 10))),
            S: AtLeastNothing(ShareOfLargeComponents(labels, width, height, present)),
            B: 1 / (1 + boundary.Length / (20.0 * (height + width))),
            E: AtLeastNothing(2 * MeanRank(lab, width, height, boundary.Pixels) - 1),
            R: AtLeastNothing(reveals.Average(reveal => Math.Min(1, count * reveal / total))),
            LeastReveal: count * reveals.Min() / total);
    }

    /// <summary>8-bit BGR to CIELAB under D65.</summary>
    public static Mat ToLab(Mat image)
    {
        var lab = new Mat();
        image.ConvertTo(lab, MatType.CV_32FC3, 1 / 255.0);
        Cv2.CvtColor(lab, lab, ColorConversionCodes.BGR2Lab);
        return lab;
    }

    /// <summary>Number of neighbouring pairs, across or down, of different palettes; and the pixels that belong to one.</summary>
    internal static (int Length, bool[] Pixels) BoundaryOf(byte[] labels, int width, int height)
    {
        var (length, pixels) = (0, new bool[labels.Length]);
        for (int y = 0, at = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++, at++)
            {
                Compare(at, x + 1 < width ? at + 1 : at);
                Compare(at, y + 1 < height ? at + width : at);
            }
        }

        return (length, pixels);

        void Compare(int first, int second)
        {
            if (labels[first] != labels[second])
            {
                length++;
                pixels[first] = pixels[second] = true;
            }
        }
    }

    /// <summary>Share of pixels in 4-connected components of one palette of at least 0.1 % of the frame.</summary>
    internal static double ShareOfLargeComponents(byte[] labels, int width, int height, IEnumerable<int> palettes)
    {
        var large = 0L;
        using var all = Mat.FromPixelData(height, width, MatType.CV_8UC1, labels);
        foreach (var palette in palettes)
        {
            using var region = new Mat();
            using var components = new Mat();
            using var statistics = new Mat();
            using var centroids = new Mat();
            Cv2.Compare(all, palette, region, CmpTypes.EQ);
            var found = Cv2.ConnectedComponentsWithStats(region, components, statistics, centroids, PixelConnectivity.Connectivity4);
            for (var component = 1; component < found; component++)
            {
                var area = statistics.At<int>(component, (int)ConnectedComponentsTypes.Area);
                large += area >= LeastComponent * labels.Length ? area : 0;
            }
        }

        return large / (double)labels.Length;
    }

    /// <summary>Mean rank, 0–1 with ties in the middle, of the Lab gradient (central differences) on the pixels of a boundary.</summary>
    internal static double MeanRank((double L, double A, double B)[] lab, int width, int height, bool[] boundary)
    {
        var gradients = new double[lab.Length];
        for (int y = 0, at = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++, at++)
            {
                var across = Distance(lab[at - (x > 0 ? 1 : 0)], lab[at + (x + 1 < width ? 1 : 0)]);
                var down = Distance(lab[at - (y > 0 ? width : 0)], lab[at + (y + 1 < height ? width : 0)]);
                gradients[at] = across * across + down * down;
            }
        }

        var sorted = (double[])gradients.Clone();
        Array.Sort(sorted);
        var (sum, count) = (0.0, 0);
        for (var at = 0; at < gradients.Length; at++)
        {
            if (boundary[at])
            {
                sum += (First(sorted, gradients[at], orEqual: true) + First(sorted, gradients[at], orEqual: false)) / 2.0 / sorted.Length;
                count++;
            }
        }

        return count == 0 ? 0 : sum / count;
    }

    // Index of the first value that is not below (or, not up to) the given one.
    private static int First(double[] sorted, double value, bool orEqual)
    {
        var (low, high) = (0, sorted.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = sorted[middle] < value || (!orEqual && sorted[middle] == value) ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    private static double AtLeastNothing(double value) => Math.Max(Nothing, value);

    private static (double L, double A, double B)[] Read(Mat lab)
    {
        var pixels = new (double, double, double)[lab.Width * lab.Height];
        var height = lab.Height;
        for (int y = 0, at = 0; y < height; y++)
        {
            foreach (var pixel in lab.RowSpan<Vec3f>(y))
            {
                pixels[at++] = (pixel.Item0, pixel.Item1, pixel.Item2);
            }
        }

        return pixels;
    }

    private static (double L, double A, double B)[] Means((double L, double A, double B)[] lab, byte[] labels, int count)
    {
        var sums = new (double L, double A, double B, double Pixels)[count];
        for (var at = 0; at < labels.Length; at++)
        {
            ref var sum = ref sums[labels[at]];
            sum = (sum.L + lab[at].L, sum.A + lab[at].A, sum.B + lab[at].B, sum.Pixels + 1);
        }

        return Array.ConvertAll(sums, sum => (sum.L / Math.Max(1, sum.Pixels), sum.A / Math.Max(1, sum.Pixels), sum.B / Math.Max(1, sum.Pixels)));
    }

    private static double Distance((double L, double A, double B) first, (double L, double A, double B) second) =>
        Math.Sqrt((first.L - second.L) * (first.L - second.L) + (first.A - second.A) * (first.A - second.A) + (first.B - second.B) * (first.B - second.B));
}
