using System.Buffers.Binary;

namespace Repaint.ImageGateway.Uploads;

/// <summary>Dimensions of a HEIC (ISO/IEC 23008-12): the largest <c>ispe</c> property of its <c>meta</c> box, which comes before the pixels.</summary>
internal static class HeicDimensions
{
    private const int BoxHeader = 8;
    private const int FullBoxHeader = 4;

    /// <summary>Whether these bytes are, or may yet become, a file of the base media format.</summary>
    public static bool MayBegin(ReadOnlySpan<byte> start)
    {
        var magic = "ftyp"u8;
        return start.IsEmpty || (start[0] == 0 && (start.Length <= 4 || magic[..Math.Min(4, start.Length - 4)].SequenceEqual(start[4..Math.Min(8, start.Length)])));
    }

    public static ImageHeader Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 12)
        {
            return new(HeaderVerdict.Incomplete);
        }

        var brand = bytes.Slice(8, 4);
        if (brand.SequenceEqual("hevc"u8) || brand.SequenceEqual("hevx"u8) || brand.SequenceEqual("msf1"u8))
        {
            return new(HeaderVerdict.Animated);
        }

        if (!brand.SequenceEqual("heic"u8) && !brand.SequenceEqual("heix"u8) && !brand.SequenceEqual("mif1"u8))
        {
            return new(HeaderVerdict.UnsupportedType);
        }

        for (long at = 0; at + BoxHeader <= bytes.Length;)
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(bytes[(int)at..]);
            if (length < BoxHeader || bytes.Slice((int)at + 4, 4).SequenceEqual("mdat"u8))
            {
                return new(HeaderVerdict.Damaged);
            }

            if (bytes.Slice((int)at + 4, 4).SequenceEqual("meta"u8))
            {
                return at + length <= bytes.Length
                    ? ReadMeta(bytes.Slice((int)at + BoxHeader, (int)length - BoxHeader))
                    : new(HeaderVerdict.Incomplete);
            }

            at += length;
        }

        return new(HeaderVerdict.Incomplete);
    }

    private static ImageHeader ReadMeta(ReadOnlySpan<byte> meta)
    {
        var (width, height) = (0u, 0u);
        var properties = meta.Length < FullBoxHeader ? [] : Inside(Inside(meta[FullBoxHeader..], "iprp"u8), "ipco"u8);
        while (Next(ref properties, out var type, out var body))
        {
            if (type.SequenceEqual("ispe"u8) && body.Length >= FullBoxHeader + 8)
            {
                width = Math.Max(width, BinaryPrimitives.ReadUInt32BigEndian(body[FullBoxHeader..]));
                height = Math.Max(height, BinaryPrimitives.ReadUInt32BigEndian(body[(FullBoxHeader + 4)..]));
            }
        }

        return width is 0 or > int.MaxValue || height is 0 or > int.MaxValue
            ? new(HeaderVerdict.Damaged)
            : new(HeaderVerdict.Complete, (int)width, (int)height);
    }

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
        if (rest.Length < BoxHeader)
        {
            return false;
        }

        var length = BinaryPrimitives.ReadUInt32BigEndian(rest);
        if (length < BoxHeader || length > rest.Length)
        {
            return false;
        }

        type = rest.Slice(4, 4);
        body = rest[BoxHeader..(int)length];
        rest = rest[(int)length..];
        return true;
    }
}
