using System.Runtime.InteropServices;

namespace Repaint.Imaging.Palettes;

/// <summary>
/// Unites weighted points into groups by Ward's criterion (1963): always the two whose union spreads least. The whole
/// hierarchy is made first, its costs kept up to date by the recurrence of Lance and Williams (1967).
/// </summary>
internal sealed class Ward
{
    private const double Nothing = 1e-12;

    private readonly double[][] _points;
    private readonly double[] _weights;
    private readonly (int First, int Second)[] _unions;

    /// <param name="points">As many values each; the same number of dimensions for all.</param>
    /// <param name="weights">One for each point, not negative.</param>
    public Ward(double[][] points, double[] weights)
    {
        (_points, _weights) = (points, Array.ConvertAll(weights, weight => Math.Max(weight, Nothing)));
        _unions = Unite();
    }

    /// <summary>
    /// Divides the points into groups of which none weighs less than <paramref name="floor"/>: those that do join others. Of
    /// the hierarchy's divisions the coarsest is taken that still leaves enough groups then. Joined at the beginning, when
    /// nearly all are below it, the order of their weights would decide, which changes with every encoding.
    /// </summary>
    /// <param name="count">How many groups are wanted, at least 1.</param>
    /// <param name="floor">Least weight of a group.</param>
    /// <param name="found">How many came out: fewer than wanted when the floor does not allow as many.</param>
    /// <returns>The group of each point, from 0 on.</returns>
    public int[] Divide(int count, double floor, out int found)
    {
        List<Group> groups = [];
        for (var divided = Math.Min(count, _points.Length); groups.Count < count && divided <= _points.Length; divided++)
        {
            var names = NamesOf(divided);
            if (divided == _points.Length || MayLeave(count, names, floor))
            {
                groups = GroupsOf(names);
                UniteLightest(groups, floor);
            }
        }

        while (groups.Count > count)
        {
            UniteNearest(groups);
        }

        found = groups.Count;
        var result = new int[_points.Length];
        for (var group = 0; group < groups.Count; group++)
        {
            foreach (var point in groups[group].Members)
            {
                result[point] = group;
            }
        }

        return result;
    }

    /// <summary>Every union of two groups, each named by one of its points, until there is one group.</summary>
    private (int First, int Second)[] Unite()
    {
        var count = _points.Length;
        var weights = (double[])_weights.Clone();
        var alive = Enumerable.Range(0, count).ToList();
        var costs = Array.ConvertAll(_points, _ => new double[count]);
        for (var i = 0; i < count; i++)
        {
            for (var j = 0; j < i; j++)
            {
                costs[i][j] = costs[j][i] = Cost(_points[i], weights[i], _points[j], weights[j]);
            }
        }

        var unions = new (int First, int Second)[count - 1];
        for (var step = 0; step < unions.Length; step++)
        {
            var (first, second) = unions[step] = Cheapest(alive, costs);
            alive.Remove(second);
            foreach (var other in alive)
            {
                var (a, b, c) = (weights[first], weights[second], weights[other]);
                costs[first][other] = costs[other][first] =
                    ((a + c) * costs[first][other] + (b + c) * costs[second][other] - c * costs[first][second]) / (a + b + c);
            }

            weights[first] += weights[second];
        }

        return unions;
    }

    private static (int First, int Second) Cheapest(List<int> alive, double[][] costs)
    {
        var (best, first, second) = (double.MaxValue, alive[0], alive[1]);
        var names = CollectionsMarshal.AsSpan(alive);
        for (var i = 0; i < names.Length; i++)
        {
            var row = costs[names[i]];
            foreach (var other in names[(i + 1)..])
            {
                if (row[other] < best)
                {
                    (best, first, second) = (row[other], names[i], other);
                }
            }
        }

        return (first, second);
    }

    /// <summary>The hierarchy's division into so many groups: for each point, the one that its group is named by.</summary>
    private int[] NamesOf(int count)
    {
        var names = Enumerable.Range(0, _points.Length).ToArray();
        foreach (var (first, second) in _unions.AsSpan(0, Math.Max(0, _points.Length - count)))
        {
            names.AsSpan().Replace(second, first);
        }

        return names;
    }

    /// <summary>Whether enough groups can remain, at best, when those below the floor have joined others: most divisions need not be tried.</summary>
    private bool MayLeave(int count, int[] names, double floor)
    {
        var weights = new double[names.Length];
        for (var point = 0; point < names.Length; point++)
        {
            weights[names[point]] += _weights[point];
        }

        var below = weights.Where(weight => weight < floor).Sum();
        return weights.Count(weight => weight > 0 && weight >= floor) + (floor > 0 ? below / floor : 0) >= count;
    }

    private List<Group> GroupsOf(int[] names)
    {
        var points = Enumerable.Range(0, names.Length);
        return [.. points.GroupBy(point => names[point]).Select(group => Group.Of([.. group], _points, _weights))];
    }

    private static void UniteLightest(List<Group> groups, double floor)
    {
        while (groups.Count > 1 && groups.MinBy(group => group.Weight)! is var least && least.Weight < floor)
        {
            Unite(groups, least, groups.Where(group => group != least).MinBy(least.CostOfUnion)!);
        }
    }

    private static void UniteNearest(List<Group> groups)
    {
        var pairs = groups.SelectMany((first, index) => groups.Skip(index + 1).Select(second => (First: first, Second: second)));
        var (first, second) = pairs.MinBy(pair => pair.First.CostOfUnion(pair.Second));
        Unite(groups, first, second);
    }

    private static void Unite(List<Group> groups, Group first, Group second)
    {
        groups.Remove(second);
        groups[groups.IndexOf(first)] = first.With(second);
    }

    private static double Cost(double[] first, double firstWeight, double[] second, double secondWeight)
    {
        var distance = 0.0;
        for (var dimension = 0; dimension < first.Length; dimension++)
        {
            var difference = first[dimension] - second[dimension];
            distance += difference * difference;
        }

        return distance * firstWeight * secondWeight / (firstWeight + secondWeight);
    }

    private sealed record Group(int[] Members, double[] Mean, double Weight)
    {
        public static Group Of(int[] members, double[][] points, double[] weights)
        {
            var (mean, total) = (new double[points[0].Length], 0.0);
            foreach (var member in members)
            {
                total += weights[member];
                for (var dimension = 0; dimension < mean.Length; dimension++)
                {
                    mean[dimension] += weights[member] * points[member][dimension];
                }
            }

            return new Group(members, Array.ConvertAll(mean, sum => sum / total), total);
        }

        public double CostOfUnion(Group other) => Cost(Mean, Weight, other.Mean, other.Weight);

        public Group With(Group other)
        {
            var share = Weight / (Weight + other.Weight);
            return new Group(
                [.. Members, .. other.Members],
                [.. Mean.Zip(other.Mean, (mine, theirs) => mine * share + theirs * (1 - share))],
                Weight + other.Weight);
        }
    }
}
