using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using OpenCvSharp;

namespace Repaint.Imaging.Palettes;

/// <summary>
/// Makes the boundaries of palettes follow the photograph's edges: the guided filter (He, Sun, Tang, 2010) in its fast form
/// (He, Sun, 2015). Its coefficients are computed per cell, where the probabilities are, and applied to every pixel.
/// </summary>
internal static class EdgeRefiner
{
    private const int Radius = 2;
    private const double Epsilon = 1e-3;

    /// <summary>The most probable palette of every pixel of the map.</summary>
    /// <param name="probabilities">One plane per palette, one value a cell.</param>
    /// <param name="guide">The photograph in 8-bit grey, at the map's size.</param>
    public static byte[] Label(float[][] probabilities, Mat guide)
    {
        using var small = new Mat();
        var size = Cells.SizeOf(guide.Size());
        Cv2.Resize(guide, small, size, interpolation: InterpolationFlags.Area);
        small.ConvertTo(small, MatType.CV_32FC1, 1 / 255.0);
        using var filter = new GuidedFilter(small, Radius, Epsilon);
        var slopes = new Mat[probabilities.Length];
        var offsets = new Mat[probabilities.Length];
        try
        {
            for (var palette = 0; palette < probabilities.Length; palette++)
            {
                using var plane = Mat.FromPixelData(size.Height, size.Width, MatType.CV_32FC1, probabilities[palette]);
                (slopes[palette], offsets[palette]) = filter.Fit(plane);
            }

            return Label(slopes, offsets, guide);
        }
        finally
        {
            foreach (var plane in slopes.Concat(offsets))
            {
                plane?.Dispose();
            }
        }
    }

    private static byte[] Label(Mat[] slopes, Mat[] offsets, Mat guide)
    {
        var (width, height) = (guide.Width, guide.Height);
        var smallWidth = width / Cells.Side;
        var labels = new byte[width * height];
        var rows = new Row[slopes.Length];
        for (var palette = 0; palette < rows.Length; palette++)
        {
            rows[palette] = new Row(smallWidth);
        }

        var greys = new int[Lanes.RoundUp(smallWidth)];
        for (var y = 0; y < height; y++)
        {
            for (var palette = 0; palette < rows.Length; palette++)
            {
                InterpolateRow(slopes[palette], y, rows[palette].Slope);
                InterpolateRow(offsets[palette], y, rows[palette].Offset);
            }

            // The four pixels of a cell's row are the four bytes of an integer, in which their labels are put together again.
            MemoryMarshal.Cast<byte, int>(guide.RowSpan<byte>(y)).CopyTo(greys);
            var target = MemoryMarshal.Cast<byte, int>(labels.AsSpan(y * width, width));
            for (var x = 0; x < smallWidth; x += Lanes.Count)
            {
                var grey = Vector512.LoadUnsafe(ref greys[x]);
                // Between the middles of cells, the outer pixels take three eighths of the neighbour's, the inner ones one.
                var packed = MostProbable(rows, grey, x, 0, -1, 0.375f)
                    | MostProbable(rows, grey, x, 1, -1, 0.125f) << 8
                    | MostProbable(rows, grey, x, 2, 1, 0.125f) << 16
                    | MostProbable(rows, grey, x, 3, 1, 0.375f) << 24;
                if (x + Lanes.Count <= smallWidth)
                {
                    packed.StoreUnsafe(ref target[x]);
                    continue;
                }

                for (var lane = 0; lane < smallWidth - x; lane++)
                {
                    target[x + lane] = packed.GetElement(lane);
                }
            }
        }

        return labels;
    }

    private static Vector512<int> MostProbable(Row[] rows, Vector512<int> greys, int x, int position, int neighbour, float share)
    {
        var guide = Vector512.ConvertToSingle((greys >>> (8 * position)) & Vector512.Create(255)) * (1 / 255f);
        var best = Vector512.Create(float.MinValue);
        var label = Vector512<int>.Zero;
        var at = x + Lanes.Count;
        for (var palette = 0; palette < rows.Length; palette++)
        {
            var (slopes, offsets) = (rows[palette].Slope, rows[palette].Offset);
            var slope = Lanes.Load(slopes, at) * (1 - share) + Lanes.Load(slopes, at + neighbour) * share;
            var offset = Lanes.Load(offsets, at) * (1 - share) + Lanes.Load(offsets, at + neighbour) * share;
            var value = slope * guide + offset;
            var better = Vector512.GreaterThan(value, best);
            best = Vector512.ConditionalSelect(better, value, best);
            label = Vector512.ConditionalSelect(better.AsInt32(), Vector512.Create(palette), label);
        }

        return label;
    }

    /// <summary>A row of the map from the two nearest rows of cells, with the first and last value repeated outside.</summary>
    private static void InterpolateRow(Mat plane, int y, float[] row)
    {
        var position = (y + 0.5f) / Cells.Side - 0.5f;
        var upper = (int)MathF.Floor(position);
        var share = position - upper;
        var first = plane.RowSpan<float>(Math.Max(0, upper));
        var second = plane.RowSpan<float>(Math.Min(plane.Height - 1, upper + 1));
        var target = row.AsSpan(Lanes.Count, first.Length);
        var x = 0;
        for (; x + Lanes.Count <= target.Length; x += Lanes.Count)
        {
            Lanes.Store(Lanes.Load(first, x) * (1 - share) + Lanes.Load(second, x) * share, target, x);
        }

        for (; x < target.Length; x++)
        {
            target[x] = first[x] * (1 - share) + second[x] * share;
        }

        row[Lanes.Count - 1] = target[0];
        row[Lanes.Count + target.Length] = target[^1];
    }

    /// <summary>Coefficients of one palette along a row of the map, with room on either side.</summary>
    private sealed class Row(int width)
    {
        public float[] Slope { get; } = new float[Lanes.RoundUp(width) + 2 * Lanes.Count];

        public float[] Offset { get; } = new float[Lanes.RoundUp(width) + 2 * Lanes.Count];
    }
}
