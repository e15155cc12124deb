using OpenCvSharp;
using Repaint.Imaging.Normalising;

namespace Repaint.Imaging.Palettes;

/// <summary>How much of the picture appears when a palette is won: the OKLab distance between sketch and photograph.</summary>
internal sealed class Reveal
{
    // Paper that looks exactly like the photograph still counts as a surface to be shared out.
    private const float Least = 1e-3f;

    // Pixels of the map along the side of a square that is looked at as one.
    private const int Side = Cells.Side / 2;

    private readonly float[] _plane;
    private readonly int _width;

    private Reveal(float[] plane, int width)
    {
        (_plane, _width) = (plane, width);
        OfCell = new float[plane.Length / 4];
        for (var cell = 0; cell < OfCell.Length; cell++)
        {
            var (row, column) = Math.DivRem(cell, width / 2);
            var at = 2 * (row * width + column);
            OfCell[cell] = (plane[at] + plane[at + 1] + plane[at + width] + plane[at + width + 1]) / 4;
        }
    }

    /// <summary>The mean of each cell: of what its pixels reveal, which is more than what its mean colour does.</summary>
    public float[] OfCell { get; }

    /// <summary>What the areas reveal that the cells are averaged over in a smaller picture.</summary>
    public float[] OfAreas(OklabPlanes cells, OklabPlanes averaged)
    {
        var areas = new float[averaged.Length];
        Codec.Average(OfCell, new Size(cells.Width, cells.Height), areas, new Size(averaged.Width, averaged.Height));
        return areas;
    }

    /// <param name="photo">8-bit BGR, the size of the map.</param>
    /// <param name="sketch">8-bit BGR, of any size.</param>
    public static Reveal Between(Mat photo, Mat sketch)
    {
        var size = new Size(photo.Width / Side, photo.Height / Side);
        using var after = Planes(photo, size);
        using var before = Planes(sketch, size);
        var plane = new float[after.Length];
        for (var at = 0; at < plane.Length; at++)
        {
            var (l, a, b) = (after.L[at] - before.L[at], after.A[at] - before.A[at], after.B[at] - before.B[at]);
            plane[at] = MathF.Sqrt(l * l + a * a + b * b) + Least;
        }

        return new Reveal(plane, after.Width);
    }

    /// <summary>Share of the whole reveal of each palette, sums to 1.</summary>
    public double[] Shares(byte[] labels, int count)
    {
        var sums = new double[count];
        for (int row = 0, at = 0; at < labels.Length; row++)
        {
            foreach (var value in _plane.AsSpan(row / Side * _width, _width))
            {
                sums[labels[at++]] += value;
                sums[labels[at++]] += value;
            }
        }

        var total = sums.Sum();
        return Array.ConvertAll(sums, sum => sum / total);
    }

    private static OklabPlanes Planes(Mat image, Size size)
    {
        using var small = Codec.Shrink(image, size);
        return OklabPlanes.FromBgr(small);
    }
}
