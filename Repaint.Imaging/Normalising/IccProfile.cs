using System.Buffers.Binary;
using OpenCvSharp;

namespace Repaint.Imaging.Normalising;

/// <summary>
/// A matrix/TRC colour profile (ICC.1:2022, §8.3.4): Display P3, Adobe RGB and the like. Profiles of other kinds are
/// ignored, as most browsers ignore them.
/// </summary>
internal sealed class IccProfile
{
    private const int HeaderLength = 128;
    private const int TagLength = 12;
    private const int EncodeSteps = 4096;

    // sRGB (IEC 61966-2-1) adapted to the D50 of the profile connection space; columns red, green, blue.
    private static readonly double[,] SrgbToXyz =
    {
        { 0.4360747, 0.3850649, 0.1430804 },
        { 0.2225045, 0.7168786, 0.0606169 },
        { 0.0139322, 0.0971045, 0.7141733 },
    };

    private static readonly double[,] XyzToSrgb =
    {
        { 3.1338561, -1.6168667, -0.4906146 },
        { -0.9787684, 1.9161415, 0.0334540 },
        { 0.0719453, -0.2289914, 1.4052427 },
    };

    private static readonly byte[] Encode = [.. Enumerable.Range(0, EncodeSteps + 1).Select(step => (byte)Math.Round(255 * EncodeSrgb(step / (double)EncodeSteps)))];

    private readonly float[] _matrix = new float[9];
    private readonly float[][] _linear;

    private IccProfile(double[,] toXyz, float[][] linear)
    {
        _linear = linear;
        for (var row = 0; row < 3; row++)
        {
            for (var column = 0; column < 3; column++)
            {
                var sum = 0.0;
                for (var k = 0; k < 3; k++)
                {
                    sum += XyzToSrgb[row, k] * toXyz[k, column];
                }

                _matrix[3 * row + column] = (float)sum;
            }
        }
    }

    /// <summary>The profile; null when there is none, it is sRGB anyway, or it is not a matrix/TRC profile.</summary>
    public static IccProfile? TryRead(ReadOnlySpan<byte> icc)
    {
        if (icc.Length < HeaderLength + 4 || !icc[16..].StartsWith("RGB "u8) || !icc[20..].StartsWith("XYZ "u8))
        {
            return null;
        }

        var toXyz = new double[3, 3];
        var linear = new float[3][];
        for (var channel = 0; channel < 3; channel++)
        {
            var name = (byte)"rgb"[channel];
            var colorant = Tag(icc, [name, (byte)'X', (byte)'Y', (byte)'Z']);
            var curve = ReadCurve(Tag(icc, [name, (byte)'T', (byte)'R', (byte)'C']));
            if (colorant.Length < 20 || curve is null)
            {
                return null;
            }

            for (var row = 0; row < 3; row++)
            {
                toXyz[row, channel] = Fixed(colorant[(8 + 4 * row)..]);
            }

            linear[channel] = curve;
        }

        return IsSrgb(toXyz, linear) ? null : new IccProfile(toXyz, linear);
    }

    /// <summary>Converts 8-bit BGR in place; colours outside sRGB are clipped.</summary>
    public void ConvertToSrgb(Mat image)
    {
        var (red, green, blue) = (_linear[0], _linear[1], _linear[2]);
        var height = image.Height;
        for (var y = 0; y < height; y++)
        {
            foreach (ref var pixel in image.RowSpan<Vec3b>(y))
            {
                var (r, g, b) = (red[pixel.Item2], green[pixel.Item1], blue[pixel.Item0]);
                pixel.Item2 = EncodeLinear(_matrix[0] * r + _matrix[1] * g + _matrix[2] * b);
                pixel.Item1 = EncodeLinear(_matrix[3] * r + _matrix[4] * g + _matrix[5] * b);
                pixel.Item0 = EncodeLinear(_matrix[6] * r + _matrix[7] * g + _matrix[8] * b);
            }
        }
    }

    private static byte EncodeLinear(float value) => Encode[(int)(Math.Clamp(value, 0, 1) * EncodeSteps + 0.5f)];

    private static double EncodeSrgb(double linear) => linear <= 0.0031308 ? 12.92 * linear : 1.055 * Math.Pow(linear, 1 / 2.4) - 0.055;

    private static bool IsSrgb(double[,] toXyz, float[][] linear)
    {
        for (var row = 0; row < 3; row++)
        {
            for (var column = 0; column < 3; column++)
            {
                if (Math.Abs(toXyz[row, column] - SrgbToXyz[row, column]) > 0.003)
                {
                    return false;
                }
            }
        }

        return linear.All(curve => Enumerable.Range(0, 256).All(value => Math.Abs(EncodeSrgb(curve[value]) * 255 - value) < 1.5));
    }

    private static ReadOnlySpan<byte> Tag(ReadOnlySpan<byte> icc, ReadOnlySpan<byte> signature)
    {
        var count = Math.Min(BinaryPrimitives.ReadUInt32BigEndian(icc[HeaderLength..]), (uint)(icc.Length - HeaderLength - 4) / TagLength);
        for (var index = 0; index < count; index++)
        {
            var entry = icc.Slice(HeaderLength + 4 + index * TagLength, TagLength);
            var (offset, size) = (BinaryPrimitives.ReadUInt32BigEndian(entry[4..]), BinaryPrimitives.ReadUInt32BigEndian(entry[8..]));
            if (entry.StartsWith(signature))
            {
                return offset + (long)size <= icc.Length ? icc.Slice((int)offset, (int)size) : [];
            }
        }

        return [];
    }

    /// <summary>The curve at the 256 values of a channel (§10.6 curveType, §10.18 parametricCurveType).</summary>
    private static float[]? ReadCurve(ReadOnlySpan<byte> tag)
    {
        if (tag.Length >= 12 && tag.StartsWith("curv"u8))
        {
            var count = BinaryPrimitives.ReadUInt32BigEndian(tag[8..]);
            if (count > (tag.Length - 12) / 2)
            {
                return null;
            }

            var points = new double[count];
            for (var index = 0; index < count; index++)
            {
                points[index] = BinaryPrimitives.ReadUInt16BigEndian(tag[(12 + 2 * index)..]);
            }

            return count switch
            {
                0 => Sample(x => x),
                1 => Sample(x => Math.Pow(x, points[0] / 256)),
                _ => Sample(x => Interpolate(points, x) / 65535),
            };
        }

        if (tag.Length < 16 || !tag.StartsWith("para"u8))
        {
            return null;
        }

        var function = BinaryPrimitives.ReadUInt16BigEndian(tag[8..]);
        Span<double> p = stackalloc double[7];
        var used = function switch { 0 => 1, 1 => 3, 2 => 4, 3 => 5, 4 => 7, _ => int.MaxValue };
        if (used > (tag.Length - 12) / 4)
        {
            return null;
        }

        for (var index = 0; index < used; index++)
        {
            p[index] = Fixed(tag[(12 + 4 * index)..]);
        }

        // g a b c d e f of the fullest form: (a x + b)^g + e from d on, c x + f below.
        var (g, a, b, c, d, e, f) = function switch
        {
            0 => (p[0], 1, 0, 0, double.NegativeInfinity, 0, 0),
            1 => (p[0], p[1], p[2], 0, -p[2] / p[1], 0, 0),
            2 => (p[0], p[1], p[2], 0, -p[2] / p[1], p[3], p[3]),
            _ => (p[0], p[1], p[2], p[3], p[4], p[5], p[6]),
        };
        return Sample(x => x >= d ? Math.Pow(a * x + b, g) + e : c * x + f);
    }

    private static float[] Sample(Func<double, double> curve) =>
        [.. Enumerable.Range(0, 256).Select(value => curve(value / 255.0)).Select(value => double.IsFinite(value) ? (float)Math.Clamp(value, 0, 1) : 0)];

    private static double Interpolate(double[] points, double x)
    {
        var position = x * (points.Length - 1);
        var index = Math.Min((int)position, points.Length - 2);
        return points[index] + (position - index) * (points[index + 1] - points[index]);
    }

    private static double Fixed(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadInt32BigEndian(bytes) / 65536.0;
}
