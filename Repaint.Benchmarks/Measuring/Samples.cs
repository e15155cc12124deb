namespace Repaint.Benchmarks.Measuring;

/// <summary>Figures of the same thing, measured again and again.</summary>
internal sealed class Samples
{
    private readonly double[] sorted;

    /// <param name="values">One or more.</param>
    public Samples(IEnumerable<double> values)
    {
        sorted = [.. values.Order()];
        ArgumentOutOfRangeException.ThrowIfZero(sorted.Length, nameof(values));
    }

    public int Count => sorted.Length;

    public double Min => sorted[0];

    public double Max => sorted[^1];

    public double Median => Percentile(50);

    /// <summary>Linear between the two nearest ranks (type 7 of Hyndman and Fan, 1996).</summary>
    /// <param name="percent">0–100.</param>
    public double Percentile(double percent)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(percent);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(percent, 100);
        var rank = percent / 100 * (sorted.Length - 1);
        var below = (int)rank;
        var above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + ((rank - below) * (sorted[above] - sorted[below]));
    }
}
