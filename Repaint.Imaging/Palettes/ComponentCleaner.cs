using System.Buffers;

namespace Repaint.Imaging.Palettes;

/// <summary>Gives specks to whichever palette surrounds them most.</summary>
internal static class ComponentCleaner
{
    private const int Rounds = 3;

    /// <summary>Relabels, in place, connected regions of fewer than <paramref name="leastPixels"/> pixels.</summary>
    public static void Clean(byte[] labels, int width, int height, int leastPixels)
    {
        var regions = ArrayPool<int>.Shared.Rent(labels.Length);
        try
        {
            // A speck may be surrounded by specks; what they become is settled from outside in.
            for (var round = 0; round < Rounds && CleanOnce(labels, regions, width, height, leastPixels); round++)
            {
            }
        }
        finally
        {
            ArrayPool<int>.Shared.Return(regions);
        }
    }

    private static bool CleanOnce(byte[] labels, int[] regions, int width, int height, int leastPixels)
    {
        var sizes = FindRegions(labels, regions, width, height);
        var specks = new int[sizes.Count];
        var count = 0;
        for (var region = 0; region < sizes.Count; region++)
        {
            specks[region] = sizes[region] < leastPixels ? count++ : -1;
        }

        if (count == 0)
        {
            return false;
        }

        var neighbours = new int[count * ClusterMap.MaxPalettes];
        for (int y = 0, at = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++, at++)
            {
                if (x + 1 < width && labels[at] != labels[at + 1])
                {
                    Meet(at, at + 1);
                }

                if (y + 1 < height && labels[at] != labels[at + width])
                {
                    Meet(at, at + width);
                }
            }
        }

        for (var at = 0; at < labels.Length; at++)
        {
            if (specks[regions[at]] is >= 0 and var speck)
            {
                var around = neighbours.AsSpan(speck * ClusterMap.MaxPalettes, ClusterMap.MaxPalettes);
                labels[at] = (byte)IndexOfMost(around);
            }
        }

        return true;

        void Meet(int first, int second)
        {
            if (specks[regions[first]] is >= 0 and var speck)
            {
                neighbours[speck * ClusterMap.MaxPalettes + labels[second]]++;
            }

            if (specks[regions[second]] is >= 0 and var other)
            {
                neighbours[other * ClusterMap.MaxPalettes + labels[first]]++;
            }
        }
    }

    private static int IndexOfMost(ReadOnlySpan<int> counts)
    {
        var most = 0;
        for (var index = 1; index < counts.Length; index++)
        {
            most = counts[index] > counts[most] ? index : most;
        }

        return most;
    }

    /// <summary>Numbers 4-connected regions (two passes with union-find); returns their sizes.</summary>
    private static List<int> FindRegions(byte[] labels, int[] regions, int width, int height)
    {
        var parents = new List<int>();
        for (int y = 0, at = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++, at++)
            {
                var left = x > 0 && labels[at - 1] == labels[at] ? regions[at - 1] : -1;
                var above = y > 0 && labels[at - width] == labels[at] ? regions[at - width] : -1;
                if (left < 0 && above < 0)
                {
                    regions[at] = parents.Count;
                    parents.Add(parents.Count);
                }
                else if (left < 0 || above < 0 || left == above)
                {
                    regions[at] = Math.Max(left, above);
                }
                else
                {
                    var (first, second) = (Root(left), Root(above));
                    regions[at] = Math.Min(first, second);
                    parents[Math.Max(first, second)] = regions[at];
                }
            }
        }

        var numbers = new int[parents.Count];
        var sizes = new List<int>();
        for (var region = 0; region < numbers.Length; region++)
        {
            var root = Root(region);
            if (root == region)
            {
                numbers[region] = sizes.Count;
                sizes.Add(0);
            }
            else
            {
                numbers[region] = numbers[root];
            }
        }

        for (var at = 0; at < labels.Length; at++)
        {
            regions[at] = numbers[regions[at]];
            sizes[regions[at]]++;
        }

        return sizes;

        int Root(int region)
        {
            while (parents[region] != region)
            {
                region = parents[region] = parents[parents[region]];
            }

            return region;
        }
    }
}
