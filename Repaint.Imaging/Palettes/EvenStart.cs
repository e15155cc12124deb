using System.Runtime.Intrinsics;

namespace Repaint.Imaging.Palettes;

/// <summary>
/// Where the mixture starts from: centres spread evenly over a box, the same for every picture, which is laid over the points
/// by their mean and covariance alone; then a few steps of Lloyd. Nothing is decided here that a small change of the picture
/// could decide otherwise, as cutting the points in two again and again would: the start moves as little as the picture does.
/// </summary>
internal static class EvenStart
{
    private const int LloydSteps = 3;

    // Of a variance: a picture of one colour has a covariance that cannot be taken apart.
    private const double Least = 1e-6;

    // Halton's sequence (1960): one prime a dimension.
    private static readonly int[] Primes = [2, 3, 5, 7, 11];

    /// <summary>The nearest of <paramref name="count"/> centres for every point.</summary>
    public static byte[] Assign(Features points, int count)
    {
        var centres = Spread(points, count);
        var nearest = new byte[Lanes.RoundUp(points.Length)];
        for (var step = 0; step < LloydSteps; step++)
        {
            AssignNearest(points, centres, nearest);
            MoveCentres(points, centres, nearest);
        }

        AssignNearest(points, centres, nearest);
        return nearest;
    }

    private static float[][] Spread(Features points, int count)
    {
        var mean = Array.ConvertAll(points.Planes, plane => Mean(plane, points.Length));
        var factor = Cholesky(points, mean);
        var centres = new float[count][];
        for (var index = 0; index < count; index++)
        {
            centres[index] = new float[Features.Dimensions];
            for (var row = 0; row < Features.Dimensions; row++)
            {
                var sum = mean[row];
                for (var column = 0; column <= row; column++)
                {
                    // Uniform, with variance one.
                    sum += factor[row, column] * (Halton(index + 1, Primes[column]) - 0.5) * Math.Sqrt(12);
                }

                centres[index][row] = (float)sum;
            }
        }

        return centres;
    }

    private static double Mean(float[] plane, int length)
    {
        var sum = 0.0;
        for (var index = 0; index < length; index++)
        {
            sum += plane[index];
        }

        return sum / length;
    }

    /// <summary>Lower factor of the points' covariance.</summary>
    private static double[,] Cholesky(Features points, double[] mean)
    {
        var factor = new double[Features.Dimensions, Features.Dimensions];
        for (var row = 0; row < Features.Dimensions; row++)
        {
            for (var column = 0; column <= row; column++)
            {
                var sum = Covariance(points, mean, row, column) + (row == column ? Least : 0);
                for (var k = 0; k < column; k++)
                {
                    sum -= factor[row, k] * factor[column, k];
                }

                factor[row, column] = row == column ? Math.Sqrt(Math.Max(sum, Least)) : sum / factor[column, column];
            }
        }

        return factor;
    }

    private static double Covariance(Features points, double[] mean, int row, int column)
    {
        var (first, second, sum) = (points.Planes[row], points.Planes[column], 0.0);
        for (var index = 0; index < points.Length; index++)
        {
            sum += (first[index] - mean[row]) * (second[index] - mean[column]);
        }

        return sum / points.Length;
    }

    /// <summary>The digits of a number in some base, mirrored at the point.</summary>
    private static double Halton(int number, int radix)
    {
        var (value, digit) = (0.0, 1.0 / radix);
        for (var rest = number; rest > 0; rest /= radix, digit /= radix)
        {
            value += rest % radix * digit;
        }

        return value;
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
