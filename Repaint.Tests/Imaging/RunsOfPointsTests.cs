using Repaint.Imaging.Palettes;

namespace Repaint.Tests.Imaging;

public sealed class RunsOfPointsTests
{
    /// <summary>Every way to cut twelve points into so many runs, against the definition.</summary>
    [Theory]
    [InlineData(2, 0.0, false)]
    [InlineData(3, 0.1, false)]
    [InlineData(5, 0.1, true)]
    [InlineData(11, 0.0, true)]
    public void Divide_IsTheCheapestOfAllDivisions(int count, double floor, bool objecting)
    {
        var random = new Random(count);
        double[][] row = [.. Enumerable.Range(0, 12).Select(_ => new[] { random.NextDouble(), random.NextDouble() })];
        var weights = Enumerable.Range(0, row.Length).Select(_ => 0.5 + random.NextDouble()).ToArray();
        weights = Array.ConvertAll(weights, weight => weight / weights.Sum());
        var objections = Array.ConvertAll(row, _ => Enumerable.Range(0, count).Select(_ => objecting ? 0.1 * random.NextDouble() : 0).ToArray());

        var runs = RunsOfPoints.Divide(row, weights, count, floor, objecting ? objections : null);

        var cheapest = Divisions(row.Length, count)
            .Where(division => Enumerable.Range(0, count).All(run => WeightOf(division, run, weights) >= floor))
            .MinBy(division => CostOf(division, row, weights, count, objections));
        Assert.Equal(cheapest!, runs!);
    }

    [Fact]
    public void Divide_WhatTheFloorForbids_IsNoDivision()
    {
        double[][] row = [[0], [1], [2]];

        Assert.Null(RunsOfPoints.Divide(row, [0.9, 0.05, 0.05], 3, floor: 0.06));
        Assert.Null(RunsOfPoints.Divide(row, [0.4, 0.3, 0.3], 4, floor: 0));
        Assert.Equal([0, 1, 1], RunsOfPoints.Divide(row, [0.9, 0.05, 0.05], 2, floor: 0.06)!);
    }

    [Fact]
    public void Divide_PointsThatWeighNothing_BelongToSomeRunAllTheSame()
    {
        double[][] row = [[0], [0.1], [5], [5.1]];

        var runs = RunsOfPoints.Divide(row, [0, 0.5, 0, 0.5], 2, floor: 0.1)!;

        Assert.Equal([0, 1], new[] { runs[1], runs[3] });
        Assert.Equal(runs.Order(), runs);
    }

    private static IEnumerable<int[]> Divisions(int points, int runs) =>
        Enumerable.Range(0, 1 << (points - 1))
            .Where(cuts => int.PopCount(cuts) == runs - 1)
            .Select(cuts => Enumerable.Range(0, points).Select(point => int.PopCount(cuts & ((1 << point) - 1))).ToArray());

    private static double WeightOf(int[] division, int run, double[] weights) =>
        weights.Where((_, point) => division[point] == run).Sum();

    private static double CostOf(int[] division, double[][] row, double[] weights, int count, double[][] objections)
    {
        var cost = 0.0;
        for (var run = 0; run < count; run++)
        {
            var weight = WeightOf(division, run, weights);
            int[] members = [.. Enumerable.Range(0, row.Length).Where(point => division[point] == run)];
            var mean = Enumerable.Range(0, 2).Select(dimension => members.Sum(point => weights[point] * row[point][dimension]) / weight).ToArray();
            cost += members.Sum(point => weights[point] * row[point].Zip(mean, (value, middle) => (value - middle) * (value - middle)).Sum());
            cost += RunsOfPoints.Evenness * (weight - 1.0 / count) * (weight - 1.0 / count);
            cost += members.Sum(point => objections[point][run]);
        }

        return cost;
    }
}
