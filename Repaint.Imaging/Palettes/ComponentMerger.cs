namespace Repaint.Imaging.Palettes;

/// <summary>
/// Merges the components of a mixture into palettes by Ward's criterion (1963): always the two whose union spreads least,
/// where a component weighs what it reveals when its colour appears over the sketch. Groups below the floor join others only
/// at the end of that: the coarsest division that still leaves enough palettes is taken. Joined at the beginning, when nearly
/// all components are below it, the order of their weights would decide, which changes with every encoding.
/// </summary>
internal static class ComponentMerger
{
    /// <summary>The palette of each component: at most <paramref name="count"/>, fewer when the floor does not allow as many.</summary>
    /// <param name="components">The mixture.</param>
    /// <param name="reveals">What each component reveals; any unit.</param>
    /// <param name="count">How many palettes are wanted.</param>
    /// <param name="floor">Least share of the whole reveal that a palette may have.</param>
    /// <param name="found">How many palettes came out.</param>
    public static int[] Merge(IReadOnlyList<Gaussian> components, double[] reveals, int count, double floor, out int found)
    {
        var total = reveals.Sum();
        var divisions = new Stack<List<Group>>();
        divisions.Push([.. components.Select((component, index) => new Group([index], [.. component.Mean], reveals[index] / total))]);
        while (divisions.Peek().Count > 1)
        {
            divisions.Push([.. divisions.Peek()]);
            UniteNearest(divisions.Peek());
        }

        List<Group> groups;
        do
        {
            groups = divisions.Pop();
            UnitePoorest(groups, floor);
        }
        while (groups.Count < count && divisions.Count > 0);

        while (groups.Count > count)
        {
            UniteNearest(groups);
        }

        var palettes = new int[components.Count];
        for (var palette = 0; palette < groups.Count; palette++)
        {
            foreach (var component in groups[palette].Members)
            {
                palettes[component] = palette;
            }
        }

        found = groups.Count;
        return palettes;
    }

    private static void UnitePoorest(List<Group> groups, double floor)
    {
        while (groups.Count > 1 && groups.MinBy(group => group.Reveal)! is var least && least.Reveal < floor)
        {
            var partner = groups.Where(group => group != least).MinBy(least.CostOfUnion)!;
            Unite(groups, least, partner);
        }
    }

    private static void UniteNearest(List<Group> groups)
    {
        var (best, first, second) = (double.MaxValue, groups[0], groups[1]);
        for (var i = 0; i < groups.Count; i++)
        {
            for (var j = i + 1; j < groups.Count; j++)
            {
                if (groups[i].CostOfUnion(groups[j]) is var cost && cost < best)
                {
                    (best, first, second) = (cost, groups[i], groups[j]);
                }
            }
        }

        Unite(groups, first, second);
    }

    private static void Unite(List<Group> groups, Group first, Group second)
    {
        groups.Remove(second);
        groups[groups.IndexOf(first)] = first.With(second);
    }

    private sealed record Group(int[] Members, double[] Mean, double Reveal)
    {
        public double CostOfUnion(Group other)
        {
            var distance = 0.0;
            for (var dimension = 0; dimension < Mean.Length; dimension++)
            {
                var difference = Mean[dimension] - other.Mean[dimension];
                distance += difference * difference;
            }

            return distance * Reveal * other.Reveal / Math.Max(1e-12, Reveal + other.Reveal);
        }

        public Group With(Group other)
        {
            var share = Reveal / Math.Max(1e-12, Reveal + other.Reveal);
            return new Group(
                [.. Members, .. other.Members],
                [.. Mean.Zip(other.Mean, (mine, theirs) => mine * share + theirs * (1 - share))],
                Reveal + other.Reveal);
        }
    }
}
