using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Repaint.Imaging.Palettes;

namespace Repaint.Imaging.Painting;

/// <summary>
/// How much of each pixel shows the photograph, of <see cref="One"/>: the map's pixels of held palettes, softened by one
/// pixel of the map and enlarged. Every step is an integer sum whose weights add up exactly, without rounding, so that the
/// alphas of palettes are additive: those of all palettes add up to exactly one at every pixel, and no seam can show.
/// The map's edges have been drawn onto the photograph's when it was made; here they only need to be smooth.
/// </summary>
internal sealed class HeldAlpha
{
    /// <summary>Wholly the photograph.</summary>
    public const int One = Softened * Phases * Phases;

    // Weights 1 2 1 across and down.
    private const int Softened = 16;

    // Between two pixels of the map, places are told apart to a quarter: with a mask this smooth, finer ones look the same.
    private const int Phases = 4;

    private readonly ClusterMap _map;
    private readonly Vector128<byte> _held;
    private readonly int[] _columns;
    private readonly byte[] _columnWeights;
    private readonly int _rows;
    private readonly Row[] _enlarged;
    private readonly byte[][] _mask;
    private readonly byte[] _softened;
    private readonly byte[] _pixels;

    /// <param name="map">The palettes.</param>
    /// <param name="held">Bit k is palette k.</param>
    /// <param name="width">Of the painting.</param>
    /// <param name="height">Of the painting.</param>
    public HeldAlpha(ClusterMap map, ushort held, int width, int height)
    {
        (_map, _rows) = (map, height);
        Span<byte> bits = stackalloc byte[ClusterMap.MaxPalettes];
        for (var palette = 0; palette < bits.Length; palette++)
        {
            bits[palette] = (byte)(held >> palette & 1);
        }

        _held = Vector128.Create<byte>(bits);
        _columns = new int[width];
        _columnWeights = new byte[width];
        for (var x = 0; x < width; x++)
        {
            (_columns[x], _columnWeights[x]) = Place(x, width, map.Width);
        }

        var padded = map.Width + 2 * Vector128<byte>.Count;
        _mask = [new byte[padded], new byte[padded], new byte[padded]];
        _softened = new byte[padded];
        _pixels = new byte[width + Vector128<byte>.Count];
        _enlarged = [new Row(3 * width), new Row(3 * width)];
    }

    /// <summary>photo · α + sketch · (1 − α), rounded, of one row of the painting, in place; 8-bit BGR.</summary>
    public void Blend(int y, Span<byte> photo, ReadOnlySpan<byte> sketch)
    {
        var (row, weight) = Place(y, _rows, _map.Height);
        var upper = Enlarge(row);
        var lower = weight == 0 ? upper : Enlarge(Math.Min(row + 1, _map.Height - 1));
        if (upper.Uniform is { } value && lower.Uniform == value)
        {
            if (value == 0)
            {
                sketch.CopyTo(photo);
            }

            return;
        }

        BlendRow(photo, sketch, upper.Alpha, lower.Alpha, weight);
    }

    /// <summary>The alpha of every pixel of one row, 0–<see cref="One"/>.</summary>
    public int[] Read(int y)
    {
        var (row, weight) = Place(y, _rows, _map.Height);
        var upper = Enlarge(row).Alpha;
        var lower = Enlarge(Math.Min(row + 1, _map.Height - 1)).Alpha;
        return [.. Enumerable.Range(0, _columns.Length).Select(x => upper[3 * x] * (Phases - weight) + lower[3 * x] * weight)];
    }

    private static void BlendRow(Span<byte> photo, ReadOnlySpan<byte> sketch, byte[] upper, byte[] lower, int weight)
    {
        var (above, below) = (Vector256.Create((ushort)(Phases - weight)), Vector256.Create((ushort)weight));
        var at = 0;
        for (; at + Vector256<byte>.Count <= photo.Length; at += Vector256<byte>.Count)
        {
            var (upperLow, upperHigh) = Vector256.Widen(Load(upper, at));
            var (lowerLow, lowerHigh) = Vector256.Widen(Load(lower, at));
            var (photoLow, photoHigh) = Vector256.Widen(Load(photo, at));
            var (sketchLow, sketchHigh) = Vector256.Widen(Load(sketch, at));
            Vector256.Narrow(
                    Mix(photoLow, sketchLow, upperLow * above + lowerLow * below),
                    Mix(photoHigh, sketchHigh, upperHigh * above + lowerHigh * below))
                .StoreUnsafe(ref MemoryMarshal.GetReference(photo), (nuint)at);
        }

        for (; at < photo.Length; at++)
        {
            var alpha = upper[at] * (Phases - weight) + lower[at] * weight;
            photo[at] = (byte)((photo[at] * alpha + sketch[at] * (One - alpha) + One / 2) / One);
        }

        static Vector256<byte> Load(ReadOnlySpan<byte> from, int at) => Vector256.LoadUnsafe(ref MemoryMarshal.GetReference(from), (nuint)at);
    }

    // At most 255 · 256 + 128: it fits.
    private static Vector256<ushort> Mix(Vector256<ushort> photo, Vector256<ushort> sketch, Vector256<ushort> alpha) =>
        (photo * alpha + sketch * (Vector256.Create((ushort)One) - alpha) + Vector256.Create((ushort)(One / 2))) >> 8;

    /// <summary>The pixel of the map at or before a pixel of the painting, and how many quarters the one after it counts.</summary>
    private static (int Index, byte Weight) Place(int at, int length, int mapLength)
    {
        var quarters = (int)Math.Floor(((at + 0.5) * mapLength / length - 0.5) * Phases + 0.5);
        quarters = Math.Clamp(quarters, 0, (mapLength - 1) * Phases);
        return (quarters / Phases, (byte)(quarters % Phases));
    }

    // Two rows at a time are in use, and they follow each other.
    private Row Enlarge(int row)
    {
        var target = _enlarged[row & 1];
        if (target.Index == row)
        {
            return target;
        }

        target.Index = row;
        target.Uniform = Soften(row);
        if (target.Uniform is { } value)
        {
            target.Alpha.AsSpan().Fill((byte)(value * Phases));
            return target;
        }

        for (var x = 0; x < _columns.Length; x++)
        {
            ref var pixel = ref _softened[_columns[x] + 1];
            _pixels[x] = (byte)(Phases * pixel + _columnWeights[x] * (Unsafe.Add(ref pixel, 1) - pixel));
        }

        Triple(target.Alpha);
        return target;
    }

    /// <summary>Softens a row of the map, with its ends repeated; the value when it is the same everywhere.</summary>
    private byte? Soften(int row)
    {
        for (var offset = -1; offset <= 1; offset++)
        {
            var labels = _map.Labels.Span.Slice(Math.Clamp(row + offset, 0, _map.Height - 1) * _map.Width, _map.Width);
            var mask = _mask[offset + 1];
            var x = 0;
            for (; x + Vector128<byte>.Count <= labels.Length; x += Vector128<byte>.Count)
            {
                Vector128.Shuffle(_held, Vector128.LoadUnsafe(ref MemoryMarshal.GetReference(labels), (nuint)x)).CopyTo(mask, x + 1);
            }

            for (; x < labels.Length; x++)
            {
                mask[x + 1] = _held[labels[x]];
            }

            (mask[0], mask[labels.Length + 1]) = (mask[1], mask[labels.Length]);
        }

        var (above, own, below) = (_mask[0], _mask[1], _mask[2]);
        for (var x = 0; x + Vector128<byte>.Count <= own.Length; x += Vector128<byte>.Count)
        {
            var centre = Vector128.Create(own, x);
            (Vector128.Create(above, x) + centre + centre + Vector128.Create(below, x)).CopyTo(above, x);
        }

        for (var x = 1; x + Vector128<byte>.Count < own.Length; x += Vector128<byte>.Count)
        {
            var centre = Vector128.Create(above, x);
            (Vector128.Create(above, x - 1) + centre + centre + Vector128.Create(above, x + 1)).CopyTo(_softened, x);
        }

        _softened[_map.Width + 1] = _softened[_map.Width];
        var inside = _softened.AsSpan(1, _map.Width);
        return inside.ContainsAnyExcept(inside[0]) ? null : inside[0];
    }

    // Byte i of three output vectors takes the alpha of pixel i / 3.
    private void Triple(byte[] alpha)
    {
        var first = Vector128.Create((byte)0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 5);
        var second = Vector128.Create((byte)5, 5, 6, 6, 6, 7, 7, 7, 8, 8, 8, 9, 9, 9, 10, 10);
        var third = Vector128.Create((byte)10, 11, 11, 11, 12, 12, 12, 13, 13, 13, 14, 14, 14, 15, 15, 15);
        for (var x = 0; x < _columns.Length; x += Vector128<byte>.Count)
        {
            var pixels = Vector128.Create(_pixels, x);
            Vector128.Shuffle(pixels, first).CopyTo(alpha, 3 * x);
            Vector128.Shuffle(pixels, second).CopyTo(alpha, 3 * x + Vector128<byte>.Count);
            Vector128.Shuffle(pixels, third).CopyTo(alpha, 3 * x + 2 * Vector128<byte>.Count);
        }
    }

    private sealed class Row(int length)
    {
        public int Index { get; set; } = -1;

        public byte? Uniform { get; set; }

        public byte[] Alpha { get; } = new byte[length + 3 * Vector128<byte>.Count];
    }
}
