namespace Repaint.Imaging.Inspection;

/// <summary>Accepted types.</summary>
public enum ImageFormat
{
    /// <summary>JPEG, ITU-T T.81.</summary>
    Jpeg,

    /// <summary>PNG.</summary>
    Png,

    /// <summary>WebP, lossy or lossless.</summary>
    WebP,

    /// <summary>HEIC, a still picture. Decoded by whoever brings a decoder for it.</summary>
    Heic,
}

/// <summary>What the bytes say of themselves, read without decoding.</summary>
/// <param name="Format">By magic bytes; a name or a content type is never asked.</param>
/// <param name="Width">Pixels, as stored.</param>
/// <param name="Height">Pixels, as stored.</param>
/// <param name="Orientation">EXIF orientation, 1–8; 1 = upright.</param>
/// <param name="HasAlpha">Whether pixels may be transparent.</param>
/// <param name="IccProfile">The embedded colour profile; empty when there is none.</param>
public sealed record ImageHeader(
    ImageFormat Format, int Width, int Height, int Orientation, bool HasAlpha, ReadOnlyMemory<byte> IccProfile)
{
    /// <summary>The segments of a JPEG; null for other formats.</summary>
    internal JpegStructure? Jpeg { get; init; }
}
