using System.Buffers.Binary;

namespace Repaint.ImageGateway.Uploads;

internal enum HeaderVerdict
{
    /// <summary>The bytes so far are the beginning of an accepted type, but do not reach its dimensions.</summary>
    Incomplete,

    /// <summary>None of the accepted types.</summary>
    UnsupportedType,

    /// <summary>An accepted type whose header is damaged.</summary>
    Damaged,

    /// <summary>More than one frame.</summary>
    Animated,

    /// <summary>The dimensions are known.</summary>
    Complete,
}

/// <summary>
/// Type and dimensions of a JPEG, PNG, WebP or HEIC from its first bytes, so that a picture is refused before anything is stored
/// or decoded. Reads lengths and markers only, and never beyond what it was given.
/// </summary>
internal readonly record struct ImageHeader(HeaderVerdict Verdict, int Width = 0, int Height = 0)
{
    private static ReadOnlySpan<byte> PngSignature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0d, 0x0a, 0x1a, 0x0a];

    private static ReadOnlySpan<byte> JpegSignature => [0xff, 0xd8, 0xff];

    /// <summary>Reads as far as <paramref name="start"/>, the beginning of a file, goes.</summary>
    public static ImageHeader Read(ReadOnlySpan<byte> start)
    {
        if (Begins(start, JpegSignature))
        {
            return start.Length < JpegSignature.Length ? new(HeaderVerdict.Incomplete) : ReadJpeg(start);
        }

        if (Begins(start, PngSignature))
        {
            return ReadPng(start);
        }

        if (HeicDimensions.MayBegin(start))
        {
            return HeicDimensions.Read(start);
        }

        return Begins(start, "RIFF"u8) && (start.Length <= 8 || Begins(start[8..], "WEBP"u8))
            ? ReadWebP(start)
            : new(HeaderVerdict.UnsupportedType);
    }

    // ITU-T T.81 B.1: markers with lengths up to the frame header SOFn, which holds height and width.
    private static ImageHeader ReadJpeg(ReadOnlySpan<byte> bytes)
    {
        var at = 2;
        while (at + 4 <= bytes.Length)
        {
            if (bytes[at] != 0xff)
            {
                return new(HeaderVerdict.Damaged);
            }

            var marker = bytes[at + 1];
            if (marker == 0xff)
            {
                at++; // fill byte
                continue;
            }

            var isFrame = marker is >= 0xc0 and <= 0xcf and not (0xc4 or 0xc8 or 0xcc);
            var length = BinaryPrimitives.ReadUInt16BigEndian(bytes[(at + 2)..]);
            if (marker is <= 0x01 or (>= 0xd0 and <= 0xda) || length < (isFrame ? 8 : 2))
            {
                return new(HeaderVerdict.Damaged); // no segment can stand here before the frame header
            }

            if (isFrame)
            {
                return at + 9 > bytes.Length
                    ? new(HeaderVerdict.Incomplete)
                    : Of(BinaryPrimitives.ReadUInt16BigEndian(bytes[(at + 7)..]), BinaryPrimitives.ReadUInt16BigEndian(bytes[(at + 5)..]));
            }

            at += 2 + length;
        }

        return new(HeaderVerdict.Incomplete);
    }

    // PNG, third edition: IHDR comes first; acTL, which makes it an animation, before the first IDAT.
    private static ImageHeader ReadPng(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 33)
        {
            return new(HeaderVerdict.Incomplete);
        }

        if (!bytes.Slice(12, 4).SequenceEqual("IHDR"u8) || BinaryPrimitives.ReadUInt32BigEndian(bytes[8..]) != 13)
        {
            return new(HeaderVerdict.Damaged);
        }

        var header = Of(BinaryPrimitives.ReadUInt32BigEndian(bytes[16..]), BinaryPrimitives.ReadUInt32BigEndian(bytes[20..]));
        long at = 33;
        while (at + 8 <= bytes.Length)
        {
            var type = bytes.Slice((int)at + 4, 4);
            if (type.SequenceEqual("IDAT"u8))
            {
                return header;
            }

            if (type.SequenceEqual("acTL"u8))
            {
                return new(HeaderVerdict.Animated);
            }

            at += 12L + BinaryPrimitives.ReadUInt32BigEndian(bytes[(int)at..]);
        }

        return header.Verdict == HeaderVerdict.Complete ? new(HeaderVerdict.Incomplete) : header;
    }

    // RFC 9649: the first chunk is VP8, VP8L or VP8X; each has its own way to write the dimensions.
    private static ImageHeader ReadWebP(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 30)
        {
            return new(HeaderVerdict.Incomplete);
        }

        var chunk = bytes.Slice(12, 4);
        var data = bytes[20..];
        if (chunk.SequenceEqual("VP8X"u8))
        {
            const byte AnimationFlag = 0x02;
            return (data[0] & AnimationFlag) != 0
                ? new(HeaderVerdict.Animated)
                : Of(1u + UInt24(data[4..]), 1u + UInt24(data[7..]));
        }

        if (chunk.SequenceEqual("VP8L"u8))
        {
            var packed = BinaryPrimitives.ReadUInt32LittleEndian(data[1..]);
            return data[0] == 0x2f ? Of(1 + (packed & 0x3fff), 1 + (packed >> 14 & 0x3fff)) : new(HeaderVerdict.Damaged);
        }

        return chunk.SequenceEqual("VP8 "u8) && data.Slice(3, 3).SequenceEqual((ReadOnlySpan<byte>)[0x9d, 0x01, 0x2a])
            ? Of(BinaryPrimitives.ReadUInt16LittleEndian(data[6..]) & 0x3fffu, BinaryPrimitives.ReadUInt16LittleEndian(data[8..]) & 0x3fffu)
            : new(HeaderVerdict.Damaged);
    }

    private static ImageHeader Of(uint width, uint height) =>
        width is 0 or > int.MaxValue || height is 0 or > int.MaxValue
            ? new(HeaderVerdict.Damaged)
            : new(HeaderVerdict.Complete, (int)width, (int)height);

    private static uint UInt24(ReadOnlySpan<byte> bytes) => bytes[0] | (uint)bytes[1] << 8 | (uint)bytes[2] << 16;

    private static bool Begins(ReadOnlySpan<byte> start, ReadOnlySpan<byte> signature)
    {
        var length = Math.Min(start.Length, signature.Length);
        return start[..length].SequenceEqual(signature[..length]);
    }
}
