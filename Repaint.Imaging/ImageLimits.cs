namespace Repaint.Imaging;

/// <summary>What a picture may be, checked from its header before any decoder sees it.</summary>
public sealed record ImageLimits
{
    /// <summary>The limits of the product.</summary>
    public static ImageLimits Default { get; } = new();

    /// <summary>Most pixels: a 50-megapixel phone photo passes, a 30000² bomb does not.</summary>
    public long MaxPixels { get; init; } = 50_000_000;

    /// <summary>Longest side, pixels.</summary>
    public int MaxSide { get; init; } = 12_000;

    /// <summary>Shortest side, pixels; below, sixteen palettes would be a few pixels each.</summary>
    public int MinSide { get; init; } = 64;

    /// <summary>Most scans of a JPEG. A progressive photo has about ten; thousands of them are an attack on the decoder's time.</summary>
    public int MaxScans { get; init; } = 64;
}
