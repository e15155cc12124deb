namespace Repaint.Imaging.Palettes;

/// <summary>
/// Gives palettes their final ids: neutrals first, dark to light, then the photo's own hues around the circle, from magenta
/// on, the hue that photographs have least of; palettes of nearly one hue, such as leaves, dark to light among themselves,
/// because which of two greens is the yellower changes with every encoding. What is neutral is decided where the photograph's
/// palettes leave most room: one that crossed a fixed limit with the next encoding would move all between its two places.
/// </summary>
internal static class PaletteOrder
{
    // Between these chromas lies the limit of neutral.
    private const double SurelyNeutral = 0.025;
    private const double SurelyColoured = 0.055;
    private const double CircleBegin = -Math.PI / 6;

    // Lightness from the frame's top left to its bottom right: of two palettes that are cut from one plain surface, the place
    // decides and not the noise.
    private const double Slope = 0.1;

    // Between neighbours on the circle; sixteen palettes all around it are farther apart.
    private const double SameHue = Math.PI / 9;

    /// <summary>Relabels in place; returns the colours by id.</summary>
    /// <param name="labels">The map.</param>
    /// <param name="small">The photograph, one value a cell, as bright as any other.</param>
    /// <param name="count">How many palettes there are.</param>
    /// <param name="gain">What its brightness was multiplied by.</param>
    public static PaletteColour[] Apply(byte[] labels, OklabPlanes small, int count, float gain)
    {
        var means = Means(labels, small, count);
        var neutral = FindLimitOfNeutral(means);
        Mean[] ordered =
        [
            .. means.Where(mean => mean.Chroma < neutral).OrderBy(mean => mean.Rank),
            .. Families(means.Where(mean => mean.Chroma >= neutral)).SelectMany(family => family.OrderBy(mean => mean.Rank)),
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

        return Array.ConvertAll(ordered, mean => OklabPlanes.ToColour(mean.L / gain, mean.A / gain, mean.B / gain));
    }

    private static Mean[] Means(byte[] labels, OklabPlanes small, int count)
    {
        var sums = new (double Pixels, double L, double A, double B, double Place)[count];
        for (var at = 0; at < small.Length; at++)
        {
            ref var sum = ref sums[labels[Cells.Pixel(at, small.Width)]];
            var (row, column) = Math.DivRem(at, small.Width);
            sum = (sum.Pixels + 1, sum.L + small.L[at], sum.A + small.A[at], sum.B + small.B[at], sum.Place + row + column);
        }

        var side = small.Width + small.Height;
        return
        [
            .. sums.Select((sum, label) => new Mean(
                label, sum.L / sum.Pixels, sum.A / sum.Pixels, sum.B / sum.Pixels, sum.Place / sum.Pixels / side)),
        ];
    }

    /// <summary>The middle of the widest gap between chromas.</summary>
    private static double FindLimitOfNeutral(Mean[] means)
    {
        var between = means.Select(mean => mean.Chroma).Where(chroma => chroma is > SurelyNeutral and < SurelyColoured).Order();
        double[] chromas = [SurelyNeutral, .. between, SurelyColoured];
        var (below, above) = chromas.Zip(chromas.Skip(1)).MaxBy(gap => gap.Second - gap.First);
        return (below + above) / 2;
    }

    private static List<List<Mean>> Families(IEnumerable<Mean> coloured)
    {
        var families = new List<List<Mean>>();
        foreach (var mean in coloured.OrderBy(mean => mean.Turn))
        {
            if (families.Count == 0 || mean.Turn - families[^1][^1].Turn > SameHue)
            {
                families.Add([]);
            }

            families[^1].Add(mean);
        }

        return families;
    }

    private sealed record Mean(int Label, double L, double A, double B, double Place)
    {
        /// <summary>Dark to light.</summary>
        public double Rank { get; } = L + Slope * Place;

        public double Chroma { get; } = Math.Sqrt(A * A + B * B);

        /// <summary>Hue, from where the circle begins.</summary>
        public double Turn { get; } = (Math.Atan2(B, A) - CircleBegin + Math.Tau) % Math.Tau;
    }
}
