namespace Repaint.Imaging.Palettes;

/// <summary>How much of the picture appears when a palette is won: the OKLab distance between sketch and photograph.</summary>
internal sealed class Reveal
{
    // Paper that looks exactly like the photograph still counts as a surface to be shared out.
    private const float Least = 1e-3f;

    private Reveal(float[] plane) => Plane = plane;

    /// <summary>One value per cell.</summary>
    public float[] Plane { get; }

    public static Reveal Between(OklabPlanes photo, OklabPlanes sketch)
    {
        var plane = new float[photo.Length];
        for (var at = 0; at < plane.Length; at++)
        {
            var (l, a, b) = (photo.L[at] - sketch.L[at], photo.A[at] - sketch.A[at], photo.B[at] - sketch.B[at]);
            plane[at] = MathF.Sqrt(l * l + a * a + b * b) + Least;
        }

        return new Reveal(plane);
    }

    /// <summary>Share of the whole reveal of each palette, sums to 1.</summary>
    public double[] Shares(byte[] labels, int width, int count)
    {
        var sums = new double[count];
        var rowLength = width * Cells.Side;
        for (int row = 0, at = 0; at < labels.Length; row++)
        {
            var values = Plane.AsSpan(row / Cells.Side * width, width);
            for (var column = 0; column < rowLength; column++, at++)
            {
                sums[labels[at]] += values[column / Cells.Side];
            }
        }

        var total = sums.Sum();
        return Array.ConvertAll(sums, sum => sum / total);
    }
}
