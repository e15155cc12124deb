using System.Runtime.Intrinsics;

namespace Repaint.Imaging.Palettes;

/// <summary>k-means++ (Arthur, Vassilvitskii, 2007) and a few steps of Lloyd: where the mixture starts from.</summary>
internal static class KMeansStart
{
    private const int LloydSteps = 3;

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
        var centres = new float[count][];
        var distances = new float[Lanes.RoundUp(points.Length)];
        Array.Fill(distances, float.MaxValue);
        var random = new SplitMix(2);
        var next = points.Length / 2;
        for (var k = 0; k < count; k++)
        {
            centres[k] = Array.ConvertAll(points.Planes, plane => plane[next]);
            for (var at = 0; at < distances.Length; at += Lanes.Count)
            {
                Lanes.Store(Vector512.Min(Lanes.Load(distances, at), SquaredDistance(points, centres[k], at)), distances, at);
            }

            next = Draw(distances.AsSpan(0, points.Length), random.NextDouble());
        }

        return centres;
    }

    private static int Draw(ReadOnlySpan<float> weights, double random)
    {
        var total = 0.0;
        foreach (var weight in weights)
        {
            total += weight;
        }

        var target = random * total;
        for (var index = 0; index < weights.Length; index++)
        {
            target -= weights[index];
            if (target < 0)
            {
                return index;
            }
        }

        // A picture of one colour at a few points: any will do.
        return (int)(random * weights.Length);
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
}
