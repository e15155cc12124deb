namespace Repaint.Imaging.Palettes;

/// <summary>
/// Gives palettes their final ids: neutrals first, dark to light, then the photo's own hues around the circle, beginning
/// after the widest gap between them, where a small change of the photo is least likely to turn the order round.
/// </summary>
internal static class PaletteOrder
{
    private const double NeutralChroma = 0.03;

    /// <summary>Relabels in place; returns the colours by id.</summary>
    public static PaletteColour[] Apply(byte[] labels, OklabPlanes photo, int count)
    {
        var means = Means(labels, photo, count);
        var neutrals = means.Where(mean => mean.Chroma < NeutralChroma).OrderBy(mean => mean.L);
        var hues = means.Where(mean => mean.Chroma >= NeutralChroma).OrderBy(mean => mean.Hue).ToArray();
        var widest = (Gap: -1.0, After: 0);
        for (var index = 0; index < hues.Length; index++)
        {
            var next = hues[(index + 1) % hues.Length].Hue + (index + 1 == hues.Length ? Math.Tau : 0);
            widest = next - hues[index].Hue > widest.Gap ? (next - hues[index].Hue, index + 1) : widest;
        }

        Mean[] ordered = [.. neutrals, .. hues[Math.Min(widest.After, hues.Length)..], .. hues[..Math.Min(widest.After, hues.Length)]];
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
