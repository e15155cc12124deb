namespace Repaint.Imaging.Palettes;

/// <summary>
/// Gives palettes their final ids: neutrals first, dark to light, then the photo's own hues around the circle, from magenta
/// on, the hue that photographs have least of. Both limits are fixed: chosen by the photo, they would sometimes jump on a
/// small change of it, and the whole order with them.
/// </summary>
internal static class PaletteOrder
{
    private const double NeutralChroma = 0.03;
    private const double CircleBegin = -Math.PI / 6;

    /// <summary>Relabels in place; returns the colours by id.</summary>
    public static PaletteColour[] Apply(byte[] labels, OklabPlanes photo, int count)
    {
        var means = Means(labels, photo, count);
        Mean[] ordered =
        [
            .. means.Where(mean => mean.Chroma < NeutralChroma).OrderBy(mean => mean.L),
            .. means.Where(mean => mean.Chroma >= NeutralChroma).OrderBy(mean => (mean.Hue - CircleBegin + Math.Tau) % Math.Tau),
        ];
        var ids = new byte[count];
        for (byte id = 0; id < ordered.Length; id++)
        {
            ids[ordered[id].Label] = id;
        }

        for (var at = 0; at < labels.Length; at++)
        {
            labels[at] = ids[labels[at]];
        }

        return Array.ConvertAll(ordered, mean => OklabPlanes.ToColour(mean.L, mean.A, mean.B));
    }

    private static Mean[] Means(byte[] labels, OklabPlanes photo, int count)
    {
        var sums = new (double Pixels, double L, double A, double B)[count];
        for (var at = 0; at < labels.Length; at++)
        {
            ref var sum = ref sums[labels[at]];
            sum = (sum.Pixels + 1, sum.L + photo.L[at], sum.A + photo.A[at], sum.B + photo.B[at]);
        }

        return [.. sums.Select((sum, label) => new Mean(label, sum.L / sum.Pixels, sum.A / sum.Pixels, sum.B / sum.Pixels))];
    }

    private sealed record Mean(int Label, double L, double A, double B)
    {
        public double Chroma { get; } = Math.Sqrt(A * A + B * B);

        public double Hue { get; } = Math.Atan2(B, A);
    }
}
