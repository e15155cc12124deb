using System.Runtime.Intrinsics;

namespace Repaint.Imaging.Palettes;

/// <summary>
/// Where the mixture starts from: the points are cut in two, again and again the part that is spread widest, across the
/// direction in which it is (Su, Dy, "In search of deterministic methods for initializing k-means", 2007), then a few steps
/// of Lloyd. Without any draw by lot, a picture that changed a little starts nearly where it started before.
/// </summary>
internal static class SplitStart
{
    private const int LloydSteps = 3;
    private const int PowerSteps = 12;

    /// <summary>The nearest of <paramref name="count"/> centres for every point.</summary>
    public static byte[] Assign(Features points, int count)
    {
        var centres = Seed(points, count);
        var nearest = new byte[Lanes.RoundUp(points.Length)];
        for (var step = 0; step < LloydSteps; step++)
        {
            AssignNearest(points, centres, nearest);
            MoveCentres(points, centres, nearest);
        }

        AssignNearest(points, centres, nearest);
        return nearest;
    }

    private static float[][] Seed(Features points, int count)
    {
        List<Part> parts = [Part.Of(points, [.. Enumerable.Range(0, points.Length)])];
        while (parts.Count < count)
        {
            var widest = parts.MaxBy(part => part.Spread)!;
            var axis = widest.PrincipalAxis();
            var (below, above) = (new List<int>(), new List<int>());
            foreach (var index in widest.Members)
            {
                (widest.Project(points, index, axis) > 0 ? above : below).Add(index);
            }

            // All points are one: any that is left over will do.
            if (above.Count == 0 || below.Count == 0)
            {
                (below, above) = (widest.Members[..^1], widest.Members[^1..]);
            }

            parts[parts.IndexOf(widest)] = Part.Of(points, below);
            parts.Add(Part.Of(points, above));
        }

        return [.. parts.Select(part => Array.ConvertAll(part.Mean, value => (float)value))];
    }

    private static Vector512<float> SquaredDistance(Features points, float[] centre, int at)
    {
        var sum = Vector512<float>.Zero;
        for (var dimension = 0; dimension < Features.Dimensions; dimension++)
        {
            var difference = Lanes.Load(points.Planes[dimension], at) - Vector512.Create(centre[dimension]);
            sum += difference * difference;
        }

        return sum;
    }

    private static void AssignNearest(Features points, float[][] centres, byte[] nearest)
    {
        for (var at = 0; at < nearest.Length; at += Lanes.Count)
        {
            var best = Vector512.Create(float.MaxValue);
            var index = Vector512<int>.Zero;
            for (var k = 0; k < centres.Length; k++)
            {
                var distance = SquaredDistance(points, centres[k], at);
                var closer = Vector512.LessThan(distance, best);
                best = Vector512.ConditionalSelect(closer, distance, best);
                index = Vector512.ConditionalSelect(closer.AsInt32(), Vector512.Create(k), index);
            }

            for (var lane = 0; lane < Lanes.Count; lane++)
            {
                nearest[at + lane] = (byte)index.GetElement(lane);
            }
        }
    }

    private static void MoveCentres(Features points, float[][] centres, byte[] nearest)
    {
        var counts = new int[centres.Length];
        var sums = new double[centres.Length, Features.Dimensions];
        for (var index = 0; index < points.Length; index++)
        {
            var k = nearest[index];
            counts[k]++;
            for (var dimension = 0; dimension < Features.Dimensions; dimension++)
            {
                sums[k, dimension] += points.Planes[dimension][index];
            }
        }

        for (var k = 0; k < centres.Length; k++)
        {
            for (var dimension = 0; dimension < Features.Dimensions && counts[k] > 0; dimension++)
            {
                centres[k][dimension] = (float)(sums[k, dimension] / counts[k]);
            }
        }
    }

    /// <summary>Some of the points, their mean and scatter.</summary>
    private sealed record Part(List<int> Members, double[] Mean, double[,] Scatter)
    {
        /// <summary>Sum of squared distances from the mean.</summary>
        public double Spread { get; } = Enumerable.Range(0, Features.Dimensions).Sum(dimension => Scatter[dimension, dimension]);

        public static Part Of(Features points, List<int> members)
        {
            var (mean, scatter) = (new double[Features.Dimensions], new double[Features.Dimensions, Features.Dimensions]);
            for (var row = 0; row < Features.Dimensions; row++)
            {
                var plane = points.Planes[row];
                foreach (var index in members)
                {
                    mean[row] += plane[index];
                }

                mean[row] /= members.Count;
            }

            for (var row = 0; row < Features.Dimensions; row++)
            {
                for (var column = 0; column <= row; column++)
                {
                    var (first, second, sum) = (points.Planes[row], points.Planes[column], 0.0);
                    foreach (var index in members)
                    {
                        sum += (first[index] - mean[row]) * (second[index] - mean[column]);
                    }

                    scatter[row, column] = scatter[column, row] = sum;
                }
            }

            return new Part(members, mean, scatter);
        }

        /// <summary>Direction of the largest scatter, by power iteration from the axis of the largest.</summary>
        public double[] PrincipalAxis()
        {
            var axis = new double[Features.Dimensions];
            axis[Enumerable.Range(0, Features.Dimensions).MaxBy(dimension => Scatter[dimension, dimension])] = 1;
            for (var step = 0; step < PowerSteps; step++)
            {
                var next = new double[Features.Dimensions];
                for (var row = 0; row < Features.Dimensions; row++)
                {
                    for (var column = 0; column < Features.Dimensions; column++)
                    {
                        next[row] += Scatter[row, column] * axis[column];
                    }
                }

                var length = Math.Sqrt(next.Sum(value => value * value));
                if (length == 0)
                {
                    break;
                }

                axis = Array.ConvertAll(next, value => value / length);
            }

            return axis;
        }

        public double Project(Features points, int index, double[] axis)
        {
            var sum = 0.0;
            for (var dimension = 0; dimension < Features.Dimensions; dimension++)
            {
                sum += (points.Planes[dimension][index] - Mean[dimension]) * axis[dimension];
            }

            return sum;
        }
    }
}
