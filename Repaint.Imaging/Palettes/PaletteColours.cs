namespace Repaint.Imaging.Palettes;

/// <summary>The colour that a palette is shown by: the mean of the cells that its pixels lie in, in OKLab.</summary>
internal static class PaletteColours
{
    /// <param name="labels">The map.</param>
    /// <param name="small">The photograph, one value a cell.</param>
    /// <param name="count">How many palettes there are; each has a pixel.</param>
    /// <param name="gain">What its brightness was multiplied by.</param>
    public static PaletteColour[] Of(byte[] labels, OklabPlanes small, int count, float gain)
    {
        var sums = new (int Pixels, double L, double A, double B)[count];
        for (int y = 0, at = 0; at < labels.Length; y++)
        {
            for (var x = 0; x < small.Width * Cells.Side; x++, at++)
            {
                var cell = y / Cells.Side * small.Width + x / Cells.Side;
                ref var sum = ref sums[labels[at]];
                sum = (sum.Pixels + 1, sum.L + small.L[cell], sum.A + small.A[cell], sum.B + small.B[cell]);
            }
        }

        return Array.ConvertAll(sums, sum =>
        {
            var scale = sum.Pixels * gain;
            return OklabPlanes.ToColour(sum.L / scale, sum.A / scale, sum.B / scale);
        });
    }
}
