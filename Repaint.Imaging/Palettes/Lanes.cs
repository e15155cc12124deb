using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Repaint.Imaging.Palettes;

/// <summary>
/// Sixteen floats at a time. Always sixteen, so that sums have one order on every machine; multiplications and additions
/// are never fused, and exp and cube root are spelled out here, for the same reason.
/// </summary>
internal static class Lanes
{
    public const int Count = 16;

    public static int RoundUp(int length) => (length + Count - 1) / Count * Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load(ReadOnlySpan<float> from, int at) =>
        Vector512.LoadUnsafe(ref MemoryMarshal.GetReference(from), (nuint)at);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512<float> value, Span<float> to, int at) =>
        value.StoreUnsafe(ref MemoryMarshal.GetReference(to), (nuint)at);

    /// <summary>e^x for x ≤ 0, relative error below 3e-6; 0 below −80.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Exp(Vector512<float> x)
    {
        var scaled = Vector512.Max(x, Vector512.Create(-80f)) * Vector512.Create(1.44269504f);
        var whole = Vector512.Floor(scaled);
        var rest = scaled - whole;
        // 2^rest on [0, 1): Taylor coefficients corrected to a minimax fit.
        var power = Vector512.Create(1.8775767e-3f) * rest + Vector512.Create(8.9893397e-3f);
        power = power * rest + Vector512.Create(5.5826318e-2f);
        power = power * rest + Vector512.Create(2.4015361e-1f);
        power = power * rest + Vector512.Create(6.9315308e-1f);
        power = power * rest + Vector512.Create(9.9999994e-1f);
        var exponent = Vector512.ShiftLeft(Vector512.ConvertToInt32(whole) + Vector512.Create(127), 23);
        return power * exponent.AsSingle();
    }

    /// <summary>Cube root for x ≥ 0, relative error below 1e-6: a guess from the exponent, three steps of Newton.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> CubeRoot(Vector512<float> x)
    {
        var positive = Vector512.Max(x, Vector512.Create(1e-12f));
        var third = Vector512.ConvertToInt32(Vector512.ConvertToSingle(positive.AsInt32()) * Vector512.Create(1f / 3)) + Vector512.Create(709921077);
        var root = third.AsSingle();
        for (var step = 0; step < 3; step++)
        {
            root = (root + root + positive / (root * root)) * Vector512.Create(1f / 3);
        }

        return root;
    }
}
