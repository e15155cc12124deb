using System.Buffers.Binary;

namespace Repaint.Imaging.Inspection;

/// <summary>Walks the boxes of a HEIC (ISO/IEC 23008-12 over the base media format, ISO/IEC 14496-12).</summary>
internal static class HeicHeader
{
    private const int BoxHeader = 8;
    private const int FullBoxHeader = 4;

    public static bool Begins(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= 12 && bytes[4..].StartsWith("ftyp"u8) && (IsStill(bytes.Slice(8, 4)) || IsSequence(bytes.Slice(8, 4)));

    /// <summary>Orientation is upright: the file's own rotation belongs to decoding, and its EXIF does not count beside it.</summary>
    public static ImageHeader Read(ReadOnlySpan<byte> bytes)
    {
        if (IsSequence(bytes.Slice(8, 4)))
        {
            throw new ImageRejectedException(RejectionReason.Animated, "A HEIC image sequence.");
        }

        var (width, height, pixels) = (0, 0, false);
        byte[] profile = [];
        for (var rest = bytes; Next(ref rest, out var type, out var body);)
        {
            pixels |= type.SequenceEqual("mdat"u8);
            if (!type.SequenceEqual("meta"u8) || body.Length < FullBoxHeader)
            {
                continue;
            }

            for (var properties = Inside(Inside(body[FullBoxHeader..], "iprp"u8), "ipco"u8); Next(ref properties, out var name, out var property);)
            {
                if (name.SequenceEqual("ispe"u8) && property.Length >= FullBoxHeader + 8)
                {
                    // Of tiles, thumbnail and the whole; only the whole is as wide and high as this.
                    width = Math.Max(width, Side(property[FullBoxHeader..]));
                    height = Math.Max(height, Side(property[(FullBoxHeader + 4)..]));
                }
                else if (name.SequenceEqual("colr"u8) && (property.StartsWith("prof"u8) || property.StartsWith("rICC"u8)))
                {
                    profile = property[4..].ToArray();
                }
            }
        }

        return width > 0 && height > 0 && pixels
            ? new ImageHeader(ImageFormat.Heic, width, height, ExifOrientation.Upright, HasAlpha: false, profile)
            : throw ImageInspector.Truncated("HEIC");
    }

    private static bool IsStill(ReadOnlySpan<byte> brand) =>
        brand.SequenceEqual("heic"u8) || brand.SequenceEqual("heix"u8) || brand.SequenceEqual("mif1"u8);

    private static bool IsSequence(ReadOnlySpan<byte> brand) =>
        brand.SequenceEqual("hevc"u8) || brand.SequenceEqual("hevx"u8) || brand.SequenceEqual("msf1"u8);

    private static int Side(ReadOnlySpan<byte> bytes) => (int)Math.Min(int.MaxValue, BinaryPrimitives.ReadUInt32BigEndian(bytes));

    private static ReadOnlySpan<byte> Inside(ReadOnlySpan<byte> boxes, ReadOnlySpan<byte> wanted)
    {
        while (Next(ref boxes, out var type, out var body))
        {
            if (type.SequenceEqual(wanted))
            {
                return body;
            }
        }

        return [];
    }

    private static bool Next(scoped ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> type, out ReadOnlySpan<byte> body)
    {
        type = body = [];
        if (rest.IsEmpty)
        {
            return false;
        }

        if (rest.Length < BoxHeader)
        {
            throw ImageInspector.Truncated("HEIC");
        }

        type = rest.Slice(4, 4);
        ulong length = BinaryPrimitives.ReadUInt32BigEndian(rest);
        var header = BoxHeader;
        if (length == 1 && rest.Length >= 16)
        {
            (length, header) = (BinaryPrimitives.ReadUInt64BigEndian(rest[8..]), 16);
        }
        else if (length == 0)
        {
            length = (ulong)rest.Length;
        }

        if (length < (ulong)header || length > (ulong)rest.Length)
        {
            throw ImageInspector.Truncated("HEIC");
        }

        body = rest[header..(int)length];
        rest = rest[(int)length..];
        return true;
    }
}
