using System.Buffers.Binary;

namespace Repaint.Imaging.Inspection;

/// <summary>Walks the RIFF chunks of a WebP (RFC 9649).</summary>
internal static class WebPHeader
{
    private const int RiffHeader = 12;
    private const int ChunkHeader = 8;

    public static ImageHeader Read(ReadOnlySpan<byte> bytes)
    {
        var declared = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]) + (long)ChunkHeader;
        if (declared > bytes.Length)
        {
            throw ImageInspector.Truncated("WebP");
        }

        var (width, height, alpha, orientation, bitstreams) = (0, 0, false, ExifOrientation.Upright, 0);
        byte[] profile = [];
        for (var at = RiffHeader; declared - at >= ChunkHeader;)
        {
            var type = bytes.Slice(at, 4);
            var length = BinaryPrimitives.ReadUInt32LittleEndian(bytes[(at + 4)..]);
            if (length > declared - at - ChunkHeader)
            {
                throw ImageInspector.Truncated("WebP");
            }

            var body = bytes.Slice(at + ChunkHeader, (int)length);
            if (type.SequenceEqual("ANIM"u8) || type.SequenceEqual("ANMF"u8) || (type.SequenceEqual("VP8X"u8) && body is [var flags, ..] && (flags & 2) != 0))
            {
                throw new ImageRejectedException(RejectionReason.Animated, "An animated WebP.");
            }

            if (type.SequenceEqual("VP8 "u8) && body.Length >= 10)
            {
                bitstreams++;
                width = Math.Max(width, BinaryPrimitives.ReadUInt16LittleEndian(body[6..]) & 0x3fff);
                height = Math.Max(height, BinaryPrimitives.ReadUInt16LittleEndian(body[8..]) & 0x3fff);
            }
            else if (type.SequenceEqual("VP8L"u8) && body.Length >= 5)
            {
                bitstreams++;
                var packed = BinaryPrimitives.ReadUInt32LittleEndian(body[1..]);
                width = Math.Max(width, (int)(packed & 0x3fff) + 1);
                height = Math.Max(height, (int)((packed >> 14) & 0x3fff) + 1);
                alpha |= (packed >> 28 & 1) != 0;
            }
            else if (type.SequenceEqual("VP8X"u8) && body.Length >= 10)
            {
                // The canvas; the decoder allocates the larger of it and the bitstream.
                width = Math.Max(width, (int)(BinaryPrimitives.ReadUInt32LittleEndian(body[4..]) & 0xffffff) + 1);
                height = Math.Max(height, (int)(BinaryPrimitives.ReadUInt32LittleEndian(body[6..]) >> 8) + 1);
                alpha |= (body[0] & 0x10) != 0;
            }
            else if (type.SequenceEqual("EXIF"u8))
            {
                orientation = ExifOrientation.Read(body.StartsWith(JpegStructure.ExifPrefix) ? body[JpegStructure.ExifPrefix.Length..] : body);
            }
            else if (type.SequenceEqual("ICCP"u8))
            {
                profile = body.ToArray();
            }

            at += ChunkHeader + (int)length + (int)(length & 1);
        }

        return bitstreams == 1
            ? new ImageHeader(ImageFormat.WebP, width, height, orientation, alpha, profile)
            : throw ImageInspector.Truncated("WebP");
    }
}
