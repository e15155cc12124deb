namespace Repaint.Imaging.Palettes;

/// <summary>Gives specks to whichever palette surrounds them most. Works on runs of a row, of which there are few, not on pixels.</summary>
internal static class ComponentCleaner
{
    private const int Rounds = 3;

    /// <summary>Relabels, in place, 4-connected regions of fewer than <paramref name="leastPixels"/> pixels.</summary>
    public static void Clean(byte[] labels, int width, int height, int leastPixels)
    {
        // A speck may be surrounded by specks; what they become is settled from outside in.
        for (var round = 0; round < Rounds && CleanOnce(labels, width, height, leastPixels); round++)
        {
        }
    }

    private static bool CleanOnce(byte[] labels, int width, int height, int leastPixels)
    {
        var runs = FindRuns(labels, width, height, out var rows);
        var parents = new int[runs.Count];
        var sizes = new int[runs.Count];
        for (var run = 0; run < parents.Length; run++)
        {
            parents[run] = run;
        }

        ForEachContact(runs, rows, (upper, lower, _) =>
        {
            if (runs[upper].Label == runs[lower].Label)
            {
                Unite(parents, upper, lower);
            }
        });
        for (var run = 0; run < parents.Length; run++)
        {
            sizes[Root(parents, run)] += runs[run].Length;
        }

        var specks = new int[runs.Count];
        var count = 0;
        for (var run = 0; run < specks.Length; run++)
        {
            specks[run] = sizes[run] > 0 && sizes[run] < leastPixels ? count++ : -1;
        }

        if (count == 0)
        {
            return false;
        }

        Relabel(labels, runs, parents, specks, CountNeighbours(runs, rows, parents, specks, count));
        return true;
    }

    /// <summary>How long the border of each speck with each palette is.</summary>
    private static int[] CountNeighbours(List<Run> runs, int[] rows, int[] parents, int[] specks, int count)
    {
        var neighbours = new int[count * ClusterMap.MaxPalettes];
        ForEachContact(runs, rows, Meet);
        for (var row = 0; row + 1 < rows.Length; row++)
        {
            for (var run = rows[row] + 1; run < rows[row + 1]; run++)
            {
                Meet(run - 1, run, 1);
            }
        }

        return neighbours;

        void Meet(int first, int second, int length)
        {
            if (runs[first].Label == runs[second].Label)
            {
                return;
            }

            Note(first, runs[second].Label, length);
            Note(second, runs[first].Label, length);
        }

        void Note(int run, byte label, int length)
        {
            if (specks[Root(parents, run)] is >= 0 and var speck)
            {
                neighbours[speck * ClusterMap.MaxPalettes + label] += length;
            }
        }
    }

    private static void Relabel(byte[] labels, List<Run> runs, int[] parents, int[] specks, int[] neighbours)
    {
        for (var run = 0; run < parents.Length; run++)
        {
            if (specks[Root(parents, run)] is >= 0 and var speck)
            {
                var around = neighbours.AsSpan(speck * ClusterMap.MaxPalettes, ClusterMap.MaxPalettes);
                labels.AsSpan(runs[run].At, runs[run].Length).Fill((byte)IndexOfMost(around));
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

    private static List<Run> FindRuns(byte[] labels, int width, int height, out int[] rows)
    {
        var runs = new List<Run>(labels.Length / 16);
        rows = new int[height + 1];
        for (var y = 0; y < height; y++)
        {
            rows[y] = runs.Count;
            var row = labels.AsSpan(y * width, width);
            for (var x = 0; x < width;)
            {
                var length = row[x..].IndexOfAnyExcept(row[x]);
                length = length < 0 ? width - x : length;
                runs.Add(new Run(y * width + x, x, length, row[x]));
                x += length;
            }
        }

        rows[height] = runs.Count;
        return runs;
    }

    /// <summary>Every pair of runs one above the other, and along how many pixels.</summary>
    private static void ForEachContact(List<Run> runs, int[] rows, Action<int, int, int> meet)
    {
        for (var row = 1; row + 1 < rows.Length; row++)
        {
            for (int upper = rows[row - 1], lower = rows[row]; upper < rows[row] && lower < rows[row + 1];)
            {
                var (above, below) = (runs[upper], runs[lower]);
                meet(upper, lower, Math.Min(above.End, below.End) - Math.Max(above.X, below.X));
                upper += above.End <= below.End ? 1 : 0;
                lower += below.End <= above.End ? 1 : 0;
            }
        }
    }

    private static void Unite(int[] parents, int first, int second)
    {
        var (one, other) = (Root(parents, first), Root(parents, second));
        parents[Math.Max(one, other)] = Math.Min(one, other);
    }

    private static int Root(int[] parents, int run)
    {
        while (parents[run] != run)
        {
            run = parents[run] = parents[parents[run]];
        }

        return run;
    }

    private readonly record struct Run(int At, int X, int Length, byte Label)
    {
        public int End => X + Length;
    }
}
