using Repaint.Imaging.Palettes;

namespace Repaint.Tests.Imaging;

public sealed class WardTests
{
    private static readonly double[][] Line = [[0], [1], [10], [11], [30]];

    [Fact]
    public void Divide_UnitesTheNearest()
    {
        var groups = new Ward(Line, [1, 1, 1, 1, 1]).Divide(3, floor: 0, out var found);

        Assert.Equal(3, found);
        Assert.Equal([0, 0, 1, 1, 2], groups);
    }

    [Fact]
    public void Divide_Weights_AUnionOfLightPointsCostsLess()
    {
        // 0 and 1 are the nearest, but 30 weighs so little that to move it costs less.
        var groups = new Ward(Line, [1, 1, 1, 1, 0.0001]).Divide(4, floor: 0, out _);

        Assert.Equal(groups[3], groups[4]);
        Assert.Equal(4, groups.Distinct().Count());
    }

    [Fact]
    public void Divide_GroupsBelowTheFloor_JoinOthersAndAsManyRemain()
    {
        // The coarsest division into three leaves 30 alone, below the floor: a finer one is taken.
        var groups = new Ward(Line, [0.3, 0.3, 0.19, 0.2, 0.01]).Divide(3, floor: 0.1, out var found);

        Assert.Equal(3, found);
        Assert.Equal(groups[3], groups[4]);
    }

    [Fact]
    public void Divide_FloorThatTooFewCanReach_FindsFewer()
    {
        new Ward(Line, [0.3, 0.3, 0.19, 0.2, 0.01]).Divide(4, floor: 0.4, out var found);

        Assert.InRange(found, 1, 2);
    }

    /// <summary>The costs that are kept up to date are the same as those worked out anew.</summary>
    [Fact]
    public void Divide_RandomPoints_IsWhatTheDefinitionSays()
    {
        var random = new SplitMix(3);
        for (var round = 0; round < 20; round++)
        {
            var points = Enumerable.Range(0, 12).Select(_ => (double[])[random.NextDouble(), random.NextDouble()]).ToArray();
            var weights = points.Select(_ => 0.1 + random.NextDouble()).ToArray();

            var groups = new Ward(points, weights).Divide(4, floor: 0, out _);

            Assert.Equal(ByDefinition(points, weights, 4), Members(groups));
        }
    }

    private static string[] ByDefinition(double[][] points, double[] weights, int count)
    {
        var groups = points.Select((_, index) => new List<int> { index }).ToList();
        while (groups.Count > count)
        {
            var (first, second) = groups
                .SelectMany((one, index) => groups.Skip(index + 1).Select(other => (First: one, Second: other)))
                .MinBy(pair => Spread([.. pair.First, .. pair.Second]) - Spread(pair.First) - Spread(pair.Second));
            first.AddRange(second);
            groups.Remove(second);
        }

        return [.. groups.Select(group => string.Join(' ', group.Order())).Order(StringComparer.Ordinal)];

        double Spread(List<int> group)
        {
            var total = group.Sum(point => weights[point]);
            return Enumerable.Range(0, 2).Sum(dimension =>
            {
                var mean = group.Sum(point => weights[point] * points[point][dimension]) / total;
                return group.Sum(point => weights[point] * Math.Pow(points[point][dimension] - mean, 2));
            });
        }
    }

    private static string[] Members(int[] groups) =>
        [.. groups.Select((group, point) => (group, point)).GroupBy(pair => pair.group, pair => pair.point)
            .Select(group => string.Join(' ', group.Order())).Order(StringComparer.Ordinal)];
}
