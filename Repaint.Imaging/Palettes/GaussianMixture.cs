using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Repaint.Imaging.Palettes;

/// <summary>A mixture of Gaussians with full covariances, fitted by expectation maximisation (Dempster, Laird, Rubin, 1977).</summary>
internal sealed class GaussianMixture
{
    private const int Steps = 8;
    private const int Block = 1024;

    // Of a density's logarithm, below the highest: beside that, nothing is left of it in a float.
    private const float Negligible = -20;

    private readonly Gaussian[] _components;

    private GaussianMixture(int count) => _components = [.. Enumerable.Range(0, count).Select(_ => new Gaussian())];

    public IReadOnlyList<Gaussian> Components => _components;

    /// <summary>Fits a mixture, starting from a hard assignment of the points.</summary>
    public static GaussianMixture Fit(Features points, byte[] start, int count)
    {
        var mixture = new GaussianMixture(count);
        var responsibilities = new float[count * Block];
        var moments = new double[count][];
        for (var step = 0; step <= Steps; step++)
        {
            for (var k = 0; k < count; k++)
            {
                moments[k] = new double[Gaussian.Moments];
            }

            for (var from = 0; from < points.Length; from += Block)
            {
                var length = Math.Min(Block, points.Length - from);
                if (step == 0)
                {
                    TakeOver(start.AsSpan(from, length), responsibilities, count);
                }
                else
                {
                    mixture.Expect(points, from, length, responsibilities);
                }

                for (var k = 0; k < count; k++)
                {
                    Accumulate(points, from, responsibilities.AsSpan(k * Block, Lanes.RoundUp(length)), moments[k]);
                }
            }

            for (var k = 0; k < count; k++)
            {
                mixture._components[k].Estimate(moments[k], points.Length);
            }
        }

        return mixture;
    }

    /// <summary>Sums the weights of the points that each component holds.</summary>
    public double[] Masses(Features points, ReadOnlySpan<float> weights)
    {
        var masses = new double[_components.Length];
        var responsibilities = new float[_components.Length * Block];
        for (var from = 0; from < points.Length; from += Block)
        {
            var length = Math.Min(Block, points.Length - from);
            Expect(points, from, length, responsibilities);
            for (var k = 0; k < masses.Length; k++)
            {
                for (var index = 0; index < length; index++)
                {
                    masses[k] += responsibilities[k * Block + index] * weights[from + index];
                }
            }
        }

        return masses;
    }

    /// <summary>Adds up, for every point, the probabilities of the components that each group is made of.</summary>
    /// <param name="points">The points.</param>
    /// <param name="group">The group of each component; the groups, as many as planes.</param>
    /// <param name="planes">One plane per group, padded to whole <see cref="Lanes"/>.</param>
    public void Label(Features points, int[] group, float[][] planes)
    {
        var responsibilities = new float[_components.Length * Block];
        for (var from = 0; from < points.Length; from += Block)
        {
            var length = Math.Min(Block, points.Length - from);
            Expect(points, from, length, responsibilities);
            foreach (var plane in planes)
            {
                plane.AsSpan(from, Lanes.RoundUp(length)).Clear();
            }

            for (var k = 0; k < group.Length; k++)
            {
                var plane = planes[group[k]];
                for (var at = 0; at < length; at += Lanes.Count)
                {
                    Lanes.Store(Lanes.Load(plane, from + at) + Lanes.Load(responsibilities, k * Block + at), plane, from + at);
                }
            }
        }
    }

    /// <summary>The probability of each component at each point of a block; zero in the padding behind the last point.</summary>
    private void Expect(Features points, int from, int length, float[] responsibilities)
    {
        for (var at = 0; at < length; at += Lanes.Count)
        {
            var (x0, x1, x2, x3, x4) = (
                Lanes.Load(points.Planes[0], from + at), Lanes.Load(points.Planes[1], from + at), Lanes.Load(points.Planes[2], from + at),
                Lanes.Load(points.Planes[3], from + at), Lanes.Load(points.Planes[4], from + at));
            var highest = Vector512.Create(-1e30f);
            for (var k = 0; k < _components.Length; k++)
            {
                var density = LogDensity(_components[k], x0, x1, x2, x3, x4);
                Lanes.Store(density, responsibilities, k * Block + at);
                highest = Vector512.Max(highest, density);
            }

            var sum = Vector512<float>.Zero;
            for (var k = 0; k < _components.Length; k++)
            {
                var difference = Lanes.Load(responsibilities, k * Block + at) - highest;
                // Neighbouring points belong to few components: most of the exponentials need not be worked out.
                if (Vector512.LessThanAll(difference, Vector512.Create(Negligible)))
                {
                    Lanes.Store(Vector512<float>.Zero, responsibilities, k * Block + at);
                    continue;
                }

                var probability = Lanes.Exp(difference);
                Lanes.Store(probability, responsibilities, k * Block + at);
                sum += probability;
            }

            var scale = Vector512<float>.One / sum;
            if (at + Lanes.Count > length)
            {
                var inside = Vector512.LessThan(Vector512<int>.Indices, Vector512.Create(length - at));
                scale = Vector512.ConditionalSelect(inside.AsSingle(), scale, Vector512<float>.Zero);
            }

            for (var k = 0; k < _components.Length; k++)
            {
                Lanes.Store(Lanes.Load(responsibilities, k * Block + at) * scale, responsibilities, k * Block + at);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> LogDensity(
        Gaussian component, Vector512<float> x0, Vector512<float> x1, Vector512<float> x2, Vector512<float> x3, Vector512<float> x4)
    {
        var w = component.Whitening;
        var offset = component.Offset;
        var y0 = x0 * w[0] - Vector512.Create(offset[0]);
        var y1 = x0 * w[1] + x1 * w[2] - Vector512.Create(offset[1]);
        var y2 = x0 * w[3] + x1 * w[4] + x2 * w[5] - Vector512.Create(offset[2]);
        var y3 = x0 * w[6] + x1 * w[7] + x2 * w[8] + x3 * w[9] - Vector512.Create(offset[3]);
        var y4 = x0 * w[10] + x1 * w[11] + x2 * w[12] + x3 * w[13] + x4 * w[14] - Vector512.Create(offset[4]);
        return Vector512.Create(component.Constant) - (y0 * y0 + y1 * y1 + y2 * y2 + y3 * y3 + y4 * y4) * 0.5f;
    }

    private static void TakeOver(ReadOnlySpan<byte> assigned, float[] responsibilities, int count)
    {
        responsibilities.AsSpan(0, count * Block).Clear();
        for (var index = 0; index < assigned.Length; index++)
        {
            responsibilities[assigned[index] * Block + index] = 1;
        }
    }

    private static void Accumulate(Features points, int from, ReadOnlySpan<float> weights, double[] moments)
    {
        var (p0, p1, p2, p3, p4) = (points.Planes[0], points.Planes[1], points.Planes[2], points.Planes[3], points.Planes[4]);
        var zero = Vector512<float>.Zero;
        var (s0, s1, s2, s3, s4, s5) = (zero, zero, zero, zero, zero, zero);
        var (c00, c10, c11, c20, c21, c22) = (zero, zero, zero, zero, zero, zero);
        var (c30, c31, c32, c33, c40, c41, c42, c43, c44) = (zero, zero, zero, zero, zero, zero, zero, zero, zero);
        for (var at = 0; at < weights.Length; at += Lanes.Count)
        {
            var weight = Lanes.Load(weights, at);
            if (weight == zero)
            {
                continue;
            }

            var x0 = Lanes.Load(p0, from + at);
            var x1 = Lanes.Load(p1, from + at);
            var x2 = Lanes.Load(p2, from + at);
            var x3 = Lanes.Load(p3, from + at);
            var x4 = Lanes.Load(p4, from + at);
            var (w0, w1, w2, w3, w4) = (weight * x0, weight * x1, weight * x2, weight * x3, weight * x4);
            s0 += weight;
            s1 += w0;
            s2 += w1;
            s3 += w2;
            s4 += w3;
            s5 += w4;
            c00 += w0 * x0;
            c10 += w1 * x0;
            c11 += w1 * x1;
            c20 += w2 * x0;
            c21 += w2 * x1;
            c22 += w2 * x2;
            c30 += w3 * x0;
            c31 += w3 * x1;
            c32 += w3 * x2;
            c33 += w3 * x3;
            c40 += w4 * x0;
            c41 += w4 * x1;
            c42 += w4 * x2;
            c43 += w4 * x3;
            c44 += w4 * x4;
        }

        ReadOnlySpan<Vector512<float>> all =
            [s0, s1, s2, s3, s4, s5, c00, c10, c11, c20, c21, c22, c30, c31, c32, c33, c40, c41, c42, c43, c44];
        for (var moment = 0; moment < all.Length; moment++)
        {
            for (var lane = 0; lane < Lanes.Count; lane++)
            {
                moments[moment] += all[moment].GetElement(lane);
            }
        }
    }
}
