using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using OpenCvSharp;

namespace Repaint.Imaging.Painting;

/// <summary>The two inner loops of painting.</summary>
internal static class AlphaRow
{
    private const int Pixels = 16;

    // Byte i of three output vectors takes the alpha of pixel i / 3.
    private static readonly Vector128<byte>[] Spread =
    [
        Vector128.Create((byte)0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 5),
        Vector128.Create((byte)5, 5, 6, 6, 6, 7, 7, 7, 8, 8, 8, 9, 9, 9, 10, 10),
        Vector128.Create((byte)10, 11, 11, 11, 12, 12, 12, 13, 13, 13, 14, 14, 14, 15, 15, 15),
    ];

    /// <summary>Alpha = clamp(slope · guide + offset), 0–255; what is below one step from either end is the end.</summary>
    public static void Compute(ReadOnlySpan<float> slope, ReadOnlySpan<float> offset, ReadOnlySpan<byte> guide, bool inverted, Span<byte> alpha)
    {
        var x = 0;
        for (; x + Pixels <= alpha.Length; x += Pixels)
        {
            var guides = Vector128.LoadUnsafe(ref MemoryMarshal.GetReference(guide), (nuint)x);
            var (low, high) = Vector128.Widen(guides);
            var (first, second) = Vector128.Widen(low);
            var (third, fourth) = Vector128.Widen(high);
            var rounded = Vector128.Narrow(
                Vector128.Narrow(Alpha(slope, offset, x, first), Alpha(slope, offset, x + 4, second)),
                Vector128.Narrow(Alpha(slope, offset, x + 8, third), Alpha(slope, offset, x + 12, fourth)));
            (inverted ? ~rounded : rounded).StoreUnsafe(ref MemoryMarshal.GetReference(alpha), (nuint)x);
        }

        for (; x < alpha.Length; x++)
        {
            var value = (slope[x] * guide[x] * (1 / 255f) + offset[x]) * Contrast - (Contrast - 1) / 2;
            var rounded = (byte)(Math.Clamp(value, 0, 1) * 255 + 0.5f);
            alpha[x] = inverted ? (byte)(255 - rounded) : rounded;
        }
    }

    private static Vector128<uint> Alpha(ReadOnlySpan<float> slope, ReadOnlySpan<float> offset, int x, Vector128<uint> guide)
    {
        var slopes = Vector128.LoadUnsafe(ref MemoryMarshal.GetReference(slope), (nuint)x);
        var offsets = Vector128.LoadUnsafe(ref MemoryMarshal.GetReference(offset), (nuint)x);
        var value = (slopes * Vector128.ConvertToSingle(guide.AsInt32()) * (1 / 255f) + offsets) * Contrast - Vector128.Create((Contrast - 1) / 2);
        var clamped = Vector128.Max(Vector128.Min(value, Vector128<float>.One), Vector128<float>.Zero);
        return Vector128.ConvertToInt32(clamped * 255f + Vector128.Create(0.5f)).AsUInt32();
    }

    // The filter's tails reach far and faintly; steepening them leaves what is far from an edge wholly one or the other.
    private const float Contrast = 1.25f;

    /// <summary>photo = (photo · α + sketch · (255 − α)) / 255, rounded; exactly the one or the other where α is 255 or 0.</summary>
    public static void Blend(Span<Vec3b> photo, ReadOnlySpan<Vec3b> sketch, ReadOnlySpan<byte> alpha)
    {
        var target = MemoryMarshal.AsBytes(photo);
        var under = MemoryMarshal.AsBytes(sketch);
        var x = 0;
        for (; x + Pixels <= alpha.Length; x += Pixels)
        {
            var weights = Vector128.LoadUnsafe(ref MemoryMarshal.GetReference(alpha), (nuint)x);
            for (var part = 0; part < Spread.Length; part++)
            {
                var at = (nuint)(3 * x + part * Vector128<byte>.Count);
                var weight = Vector128.Shuffle(weights, Spread[part]);
                var over = Vector128.LoadUnsafe(ref MemoryMarshal.GetReference(target), at);
                var below = Vector128.LoadUnsafe(ref MemoryMarshal.GetReference(under), at);
                Mix(over, below, weight).StoreUnsafe(ref MemoryMarshal.GetReference(target), at);
            }
        }

        for (; x < alpha.Length; x++)
        {
            for (var at = 3 * x; at < 3 * x + 3; at++)
            {
                target[at] = (byte)Divide(target[at] * alpha[x] + under[at] * (255 - alpha[x]));
            }
        }
    }

    // Exact rounded division by 255 for 0–65025 (Blinn, "Three wrongs make a right", 1995).
    private static int Divide(int value) => (value + 128 + ((value + 128) >> 8)) >> 8;

    private static Vector128<byte> Mix(Vector128<byte> over, Vector128<byte> below, Vector128<byte> weight)
    {
        var (overLow, overHigh) = Vector128.Widen(over);
        var (belowLow, belowHigh) = Vector128.Widen(below);
        var (weightLow, weightHigh) = Vector128.Widen(weight);
        return Vector128.Narrow(Mix(overLow, belowLow, weightLow), Mix(overHigh, belowHigh, weightHigh));
    }

    private static Vector128<ushort> Mix(Vector128<ushort> over, Vector128<ushort> below, Vector128<ushort> weight)
    {
        var sum = over * weight + below * (Vector128.Create((ushort)255) - weight) + Vector128.Create((ushort)128);
        return (sum + (sum >> 8)) >> 8;
    }
}
