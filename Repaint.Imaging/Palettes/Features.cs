using System.Buffers;

namespace Repaint.Imaging.Palettes;

/// <summary>
/// Points in the space in which palettes are found: OKLab with chroma counted double, and position in long sides.
/// One array per dimension, padded to whole <see cref="Lanes"/>.
/// </summary>
internal sealed class Features : IDisposable
{
    public const int Dimensions = 5;

    /// <summary>A hue is told apart at a smaller OKLab distance than a lightness is.</summary>
    public const float ChromaScale = 2f;

    /// <summary>How far apart the ends of the frame are, against black and white.</summary>
    public const float PositionScale = 0.5f;

    private Features(int length)
    {
        Length = length;
        Planes = new float[Dimensions][];
        for (var dimension = 0; dimension < Dimensions; dimension++)
        {
            Planes[dimension] = ArrayPool<float>.Shared.Rent(Lanes.RoundUp(length));
            Planes[dimension].AsSpan(length, Lanes.RoundUp(length) - length).Clear();
        }
    }

    public int Length { get; }

    public float[][] Planes { get; }

    /// <summary>Every pixel.</summary>
    public static Features Of(OklabPlanes picture)
    {
        var features = new Features(picture.Length);
        var unit = PositionScale / Math.Max(picture.Width, picture.Height);
        for (int y = 0, at = 0; y < picture.Height; y++)
        {
            for (var x = 0; x < picture.Width; x++, at++)
            {
                features.Planes[0][at] = picture.L[at];
                features.Planes[1][at] = picture.A[at] * ChromaScale;
                features.Planes[2][at] = picture.B[at] * ChromaScale;
                features.Planes[3][at] = (x + 0.5f) * unit;
                features.Planes[4][at] = (y + 0.5f) * unit;
            }
        }

        return features;
    }

    public void Dispose()
    {
        foreach (var plane in Planes)
        {
            ArrayPool<float>.Shared.Return(plane);
        }
    }
}

/// <summary>SplitMix64 (Steele, Lea, Flood, 2014): the same numbers on every runtime, which <see cref="Random"/> does not promise.</summary>
internal struct SplitMix(ulong seed)
{
    private ulong _state = seed;

    public double NextDouble()
    {
        var mixed = _state += 0x9e3779b97f4a7c15;
        mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
        return ((mixed ^ (mixed >> 31)) >> 11) * (1.0 / (1ul << 53));
    }
}
