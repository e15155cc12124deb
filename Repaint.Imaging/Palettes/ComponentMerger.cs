namespace Repaint.Imaging.Palettes;

/// <summary>
/// Merges the components of a mixture into palettes by Ward's criterion, where a component weighs what it reveals when its
/// colour appears over the sketch. Two of the last unions often cost nearly the same, and a trace of noise in the photograph
/// would choose between them: so the merging is asked many times, of components shifted a little, in the same directions for
/// every photograph. What they mostly answer decides: components are alike that found themselves together as often.
/// </summary>
internal static class ComponentMerger
{
    private const int Trials = 200;

    // Standard deviations of the shifts: in the space of Features, and as a part of what a component reveals. Several times
    // what another encoding, size or exposure does to most components.
    private const double Shift = 0.015;
    private const double Reweighting = 0.2;

    /// <summary>The palette of each component: at most <paramref name="count"/>, fewer when the floor does not allow as many.</summary>
    /// <param name="components">The mixture.</param>
    /// <param name="reveals">What each component reveals; any unit.</param>
    /// <param name="count">How many palettes are wanted.</param>
    /// <param name="floor">Least share of the whole reveal that a palette may have.</param>
    /// <param name="found">How many palettes came out.</param>
    public static int[] Merge(IReadOnlyList<Gaussian> components, double[] reveals, int count, double floor, out int found)
    {
        var total = reveals.Sum();
        var weights = Array.ConvertAll(reveals, reveal => reveal / total);
        var together = CountTogether(components, weights, count, floor);
        // Being with a component that reveals nothing is no likeness.
        var rows = Array.ConvertAll(together, row => row.Select((trials, other) => trials / (double)Trials * Math.Sqrt(weights[other])).ToArray());
        return new Ward(rows, weights).Divide(count, floor, out found);
    }

    /// <summary>In how many trials each two components came into one palette.</summary>
    private static int[][] CountTogether(IReadOnlyList<Gaussian> components, double[] weights, int count, double floor)
    {
        var together = Array.ConvertAll(weights, _ => new int[weights.Length]);
        var random = new SplitMix(1);
        for (var trial = 0; trial < Trials; trial++)
        {
            var points = new double[weights.Length][];
            var shifted = new double[weights.Length];
            for (var component = 0; component < points.Length; component++)
            {
                points[component] = Array.ConvertAll(components[component].Mean, value => value + Shift * Deviation(ref random));
                shifted[component] = weights[component] * (1 + Reweighting * Deviation(ref random));
            }

            var total = shifted.Sum();
            var palettes = new Ward(points, Array.ConvertAll(shifted, weight => weight / total)).Divide(count, floor, out _);
            for (var component = 0; component < palettes.Length; component++)
            {
                var row = together[component];
                for (var other = 0; other < row.Length; other++)
                {
                    row[other] += palettes[other] == palettes[component] ? 1 : 0;
                }
            }
        }

        return together;
    }

    /// <summary>Uniform, with mean zero and variance one.</summary>
    private static double Deviation(ref SplitMix random) => (random.NextDouble() - 0.5) * Math.Sqrt(12);
}
