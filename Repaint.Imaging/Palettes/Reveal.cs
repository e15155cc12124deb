namespace Repaint.Imaging.Palettes;

/// <summary>How much of the picture appears when a palette is won: the OKLab distance between sketch and photograph.</summary>
internal sealed class Reveal
{
    // Paper that looks exactly like the photograph still counts as a surface to be shared out.
    private const float Least = 1e-3f;

    private Reveal(float[] plane) => Plane = plane;

    /// <summary>One value per pixel at half the map's size.</summary>
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

    /// <summary>The reveal of a pixel of the map.</summary>
    public float At(int x, int y, int mapWidth) => Plane[(y >> 1) * (mapWidth >> 1) + (x >> 1)];

    /// <summary>Share of the whole reveal of each palette; sums to 1.</summary>
    public double[] Shares(byte[] labels, int width, int count)
    {
        var sums = new double[count];
        for (int at = 0, y = 0; at < labels.Length; y++)
        {
            for (var x = 0; x < width; x++, at++)
            {
                sums[labels[at]] += At(x, y, width);
            }
        }

        var total = sums.Sum();
        return Array.ConvertAll(sums, sum => sum / total);
    }
}
