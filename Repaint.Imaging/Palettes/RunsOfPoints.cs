namespace Repaint.Imaging.Palettes;

/// <summary>
/// Cuts a row of weighted points into runs that spread little within and weigh about the same (W. D. Fisher, "On grouping for
/// maximum homogeneity", 1958). Of all the ways to cut it the best one is found, by dynamic programming.
/// </summary>
internal static class RunsOfPoints
{
    // As against the spread. Without it, noise could cut one run more at one end of the row and one fewer at the other, and all
    // runs between would change their number.
    internal const double Evenness = 0.6;

    /// <param name="row">The points, in their order; as many values each.</param>
    /// <param name="weights">Of the points; sum to 1.</param>
    /// <param name="count">How many runs are wanted.</param>
    /// <param name="floor">Least weight of a run.</param>
    /// <param name="objections">Further cost of a point in a run; by point, then run.</param>
    /// <returns>The run of each point, from 0 on; null if the floor does not allow as many.</returns>
    public static int[]? Divide(double[][] row, double[] weights, int count, double floor, double[][]? objections = null)
    {
        var costs = CostsOfRuns(row, weights, count, floor);
        var against = SumsAlong(objections, count, row.Length);
        var least = new double[row.Length + 1];
        Array.Fill(least, double.PositiveInfinity);
        least[0] = 0;
        var begins = new int[count, row.Length + 1];
        for (var run = 0; run < count; run++)
        {
            var next = new double[row.Length + 1];
            for (var end = 0; end <= row.Length; end++)
            {
                next[end] = double.PositiveInfinity;
                for (var begin = 0; begin < end; begin++)
                {
                    var cost = least[begin] + costs[begin, end] + against[run, end] - against[run, begin];
                    if (cost < next[end])
                    {
                        (next[end], begins[run, end]) = (cost, begin);
                    }
                }
            }

            least = next;
        }

        return double.IsInfinity(least[^1]) ? null : Follow(begins);
    }

    /// <summary>By begin and end: infinite where a run would be below the floor.</summary>
    private static double[,] CostsOfRuns(double[][] row, double[] weights, int count, double floor)
    {
        var costs = new double[row.Length, row.Length + 1];
        for (var begin = 0; begin < row.Length; begin++)
        {
            var (mean, weight, spread) = (new double[row[0].Length], 0.0, 0.0);
            for (var end = begin + 1; end <= row.Length; end++)
            {
                var added = weights[end - 1];
                var share = added > 0 ? added / (weight + added) : 0;
                for (var dimension = 0; dimension < mean.Length; dimension++)
                {
                    var difference = row[end - 1][dimension] - mean[dimension];
                    spread += difference * difference * weight * share;
                    mean[dimension] += difference * share;
                }

                weight += added;
                var unevenness = weight - 1.0 / count;
                costs[begin, end] = weight < floor ? double.PositiveInfinity : spread + Evenness * unevenness * unevenness;
            }
        }

        return costs;
    }

    private static double[,] SumsAlong(double[][]? objections, int count, int length)
    {
        var sums = new double[count, length + 1];
        for (var run = 0; run < count && objections is not null; run++)
        {
            for (var point = 0; point < length; point++)
            {
                sums[run, point + 1] = sums[run, point] + objections[point][run];
            }
        }

        return sums;
    }

    private static int[] Follow(int[,] begins)
    {
        var runs = new int[begins.GetLength(1) - 1];
        for (int run = begins.GetLength(0) - 1, end = runs.Length; run >= 0; run--)
        {
            var begin = begins[run, end];
            runs.AsSpan(begin, end - begin).Fill(run);
            end = begin;
        }

        return runs;
    }
}
