using System.Buffers.Binary;

namespace Repaint.Imaging.Inspection;

/// <summary>Reads a picture's header and refuses what must not reach a native decoder.</summary>
public static class ImageInspector
{
    /// <summary>Reads the header and checks it against the limits.</summary>
    /// <param name="bytes">The whole file.</param>
    /// <param name="limits">The limits.</param>
    /// <exception cref="ImageRejectedException">It is refused, and why.</exception>
    public static ImageHeader Inspect(ReadOnlyMemory<byte> bytes, ImageLimits limits)
    {
        var header = Read(bytes.Span, limits);
        if (Math.Min(header.Width, header.Height) < 1)
        {
            throw new ImageRejectedException(RejectionReason.Corrupt, "A side is zero.");
        }

        if (Math.Max(header.Width, header.Height) > limits.MaxSide || (long)header.Width * header.Height > limits.MaxPixels)
        {
            throw new ImageRejectedException(RejectionReason.TooLarge, $"{header.Width} × {header.Height} pixels are too many.");
        }

        if (Math.Min(header.Width, header.Height) < limits.MinSide)
        {
            throw new ImageRejectedException(RejectionReason.TooSmall, $"{header.Width} × {header.Height} pixels are too few.");
        }

        return header;
    }

    private static ImageHeader Read(ReadOnlySpan<byte> bytes, ImageLimits limits)
    {
        if (bytes.StartsWith(JpegStructure.Magic))
        {
            return JpegStructure.Read(bytes, limits).ToHeader();
        }

        if (bytes.StartsWith(PngHeader.Magic))
        {
            return PngHeader.Read(bytes);
        }

        if (bytes.Length >= 12 && bytes.StartsWith("RIFF"u8) && bytes[8..].StartsWith("WEBP"u8))
        {
            return WebPHeader.Read(bytes);
        }

        return HeicHeader.Begins(bytes)
            ? HeicHeader.Read(bytes)
            : throw new ImageRejectedException(RejectionReason.UnsupportedType, "Neither JPEG nor PNG nor WebP nor HEIC.");
    }

    internal static ImageRejectedException Truncated(string format) =>
        new(RejectionReason.Corrupt, $"The {format} is truncated or damaged.");

    internal static int BigEndian16(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt16BigEndian(bytes[offset..]);
}
