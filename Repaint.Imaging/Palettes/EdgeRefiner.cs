using System.Runtime.Intrinsics;
using OpenCvSharp;

namespace Repaint.Imaging.Palettes;

/// <summary>
/// Makes the boundaries of palettes follow the photograph's edges: the guided filter (He, Sun, Tang, 2010) in its fast form
/// (He, Sun, 2015). Its coefficients are computed at half size, where the probabilities are, and applied at full map size.
/// </summary>
internal static class EdgeRefiner
{
    private const int Radius = 5;
    private const double Epsilon = 1e-3;

    /// <summary>The most probable palette of every pixel of the map.</summary>
    /// <param name="probabilities">One plane per palette, at half the map's size.</param>
    /// <param name="guide">Plane at the map's size.</param>
    /// <param name="halfGuide">Plane at half the map's size.</param>
    /// <param name="width">Of the map, even.</param>
    /// <param name="height">Of the map, even.</param>
    public static byte[] Label(float[][] probabilities, float[] guide, float[] halfGuide, int width, int height)
    {
        var halfSize = new Size(width / 2, height / 2);
        using var half = Mat.FromPixelData(halfSize.Height, halfSize.Width, MatType.CV_32FC1, halfGuide);
        using var filter = new GuidedFilter(half, Radius, Epsilon);
        var slopes = new Mat[probabilities.Length];
        var offsets = new Mat[probabilities.Length];
        try
        {
            for (var palette = 0; palette < probabilities.Length; palette++)
            {
                using var plane = Mat.FromPixelData(halfSize.Height, halfSize.Width, MatType.CV_32FC1, probabilities[palette]);
                (slopes[palette], offsets[palette]) = filter.Fit(plane);
            }

            return Label(slopes, offsets, guide, width, height);
        }
        finally
        {
            foreach (var plane in slopes.Concat(offsets))
            {
                plane?.Dispose();
            }
        }
    }

    // Each half-size pixel covers two by two of the map. Interpolated between half-size centres, an even pixel takes a
    // quarter from before and three quarters from its own, an odd one from its own and after; likewise for rows.
    private static byte[] Label(Mat[] slopes, Mat[] offsets, float[] guide, int width, int height)
    {
        var labels = new byte[width * height];
        var halfWidth = width / 2;
        var padded = Lanes.RoundUp(halfWidth) + 2 * Lanes.Count;
        var slopeRows = new float[slopes.Length][];
        var offsetRows = new float[slopes.Length][];
        for (var palette = 0; palette < slopes.Length; palette++)
        {
            (slopeRows[palette], offsetRows[palette]) = (new float[padded], new float[padded]);
        }

        var evenGuide = new float[padded];
        var oddGuide = new float[padded];
        for (var y = 0; y < height; y++)
        {
            for (var palette = 0; palette < slopes.Length; palette++)
            {
                InterpolateRow(slopes[palette], y, slopeRows[palette]);
                InterpolateRow(offsets[palette], y, offsetRows[palette]);
            }

            for (var x = 0; x < halfWidth; x++)
            {
                (evenGuide[x], oddGuide[x]) = (guide[y * width + 2 * x], guide[y * width + 2 * x + 1]);
            }

            var target = labels.AsSpan(y * width, width);
            for (var x = 0; x < halfWidth; x += Lanes.Count)
            {
                var even = MostProbable(slopeRows, offsetRows, Lanes.Load(evenGuide, x), x, neighbour: -1);
                var odd = MostProbable(slopeRows, offsetRows, Lanes.Load(oddGuide, x), x, neighbour: 1);
                for (var lane = 0; lane < Math.Min(Lanes.Count, halfWidth - x); lane++)
                {
                    target[2 * (x + lane)] = (byte)even.GetElement(lane);
                    target[2 * (x + lane) + 1] = (byte)odd.GetElement(lane);
                }
            }
        }

        return labels;
    }

    private static Vector512<int> MostProbable(float[][] slopes, float[][] offsets, Vector512<float> guide, int x, int neighbour)
    {
        var best = Vector512.Create(float.MinValue);
        var label = Vector512<int>.Zero;
        var at = x + Lanes.Count;
        for (var palette = 0; palette < slopes.Length; palette++)
        {
            var slope = Lanes.Load(slopes[palette], at) * 0.75f + Lanes.Load(slopes[palette], at + neighbour) * 0.25f;
            var offset = Lanes.Load(offsets[palette], at) * 0.75f + Lanes.Load(offsets[palette], at + neighbour) * 0.25f;
            var value = slope * guide + offset;
            var better = Vector512.GreaterThan(value, best);
            best = Vector512.ConditionalSelect(better, value, best);
            label = Vector512.ConditionalSelect(better.AsInt32(), Vector512.Create(palette), label);
        }

        return label;
    }

    /// <summary>A row of the map from the two nearest half-size rows, with the first and last value repeated outside.</summary>
    private static void InterpolateRow(Mat plane, int y, float[] row)
    {
        var own = plane.RowSpan<float>(y / 2);
        var other = plane.RowSpan<float>(Math.Clamp(y / 2 + ((y & 1) == 0 ? -1 : 1), 0, plane.Height - 1));
        var target = row.AsSpan(Lanes.Count, own.Length);
        for (var x = 0; x < target.Length; x++)
        {
            target[x] = own[x] * 0.75f + other[x] * 0.25f;
        }

        row[Lanes.Count - 1] = target[0];
        row[Lanes.Count + target.Length] = target[^1];
    }
}
