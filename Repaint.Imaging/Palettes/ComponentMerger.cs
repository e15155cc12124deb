namespace Repaint.Imaging.Palettes;

/// <summary>
/// Merges the components of a mixture into palettes, where a component weighs what it reveals when its colour appears over
/// the sketch: they are put on the <see cref="ColourLine"/>, and the line is cut. So palettes come in the order of their ids,
/// and a component that lands in another palette when the photograph comes again moves no others. Two ways to cut the line may
/// cost nearly the same, and a trace of noise would choose between them: it is cut many times, with components shifted a
/// little, in the same directions for every photograph, and then once more, as near to those answers as it can be. A run may hold
/// the end of one hue and the beginning of the next.
/// </summary>
internal static class ComponentMerger
{
    private const int Trials = 100;

    // Standard deviations of the shifts: in the space of Features, and as a part of what a component reveals.
    private const double Shift = 0.008;
    private const double Reweighting = 0.2;

    // As against the spread: what a component costs for each id between its palette and where a trial put it, in the mean.
    private const double Agreement = 0.4;

    /// <summary>The palette of each component, in the order of the line: at most <paramref name="count"/>, fewer when the floor does not allow as many.</summary>
    /// <param name="components">The mixture.</param>
    /// <param name="reveals">What each component reveals; any unit.</param>
    /// <param name="count">How many palettes are wanted.</param>
    /// <param name="floor">Least share of the whole reveal that a palette may have.</param>
    /// <param name="found">How many palettes came out.</param>
    public static int[] Merge(IReadOnlyList<Gaussian> components, double[] reveals, int count, double floor, out int found)
    {
        double[][] means = [.. components.Select(component => component.Mean)];
        var weights = Normalise(reveals);
        for (found = count; found > 1; found--)
        {
            // Whether the floor allows as many depends on nothing that the trials say.
            if (Cut(means, weights, found, floor) is not null)
            {
                return Cut(means, weights, found, floor, ObjectionsOfTrials(means, weights, found, floor))!;
            }
        }

        return new int[means.Length];
    }

    /// <summary>Cost of each palette for each component: the farther from where the trials put it, the higher.</summary>
    private static double[][] ObjectionsOfTrials(double[][] means, double[] weights, int count, double floor)
    {
        var objections = Array.ConvertAll(means, _ => new double[count]);
        var random = new SplitMix(1);
        for (var trial = 0; trial < Trials; trial++)
        {
            var points = new double[means.Length][];
            var shifted = new double[means.Length];
            for (var component = 0; component < points.Length; component++)
            {
                points[component] = Array.ConvertAll(means[component], value => value + Shift * Deviation(ref random));
                shifted[component] = weights[component] * (1 + Reweighting * Deviation(ref random));
            }

            var palettes = Cut(points, Normalise(shifted), count, floor) ?? [];
            for (var component = 0; component < palettes.Length; component++)
            {
                for (var palette = 0; palette < count; palette++)
                {
                    objections[component][palette] += Agreement / Trials * weights[component] * Math.Abs(palettes[component] - palette);
                }
            }
        }

        return objections;
    }

    private static int[]? Cut(double[][] points, double[] weights, int count, double floor, double[][]? objections = null)
    {
        var line = Enumerable.Range(0, points.Length).ToArray();
        Array.Sort(Array.ConvertAll(points, point => ColourLine.PlaceOf(point)), line);
        var palettes = RunsOfPoints.Divide(
            InLine(points), InLine(weights), count, floor, objections is null ? null : InLine(objections));
        if (palettes is not null)
        {
            Array.Sort(line, palettes);
        }

        return palettes;

        T[] InLine<T>(T[] values) => Array.ConvertAll(line, point => values[point]);
    }

    private static double[] Normalise(double[] weights)
    {
        var total = weights.Sum();
        return Array.ConvertAll(weights, weight => weight / total);
    }

    /// <summary>Uniform, with mean zero and variance one.</summary>
    private static double Deviation(ref SplitMix random) => (random.NextDouble() - 0.5) * Math.Sqrt(12);
}
