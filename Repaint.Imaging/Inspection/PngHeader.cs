using System.Buffers.Binary;
using System.IO.Compression;

namespace Repaint.Imaging.Inspection;

/// <summary>Walks the chunks of a PNG (W3C PNG, third edition, §5).</summary>
internal static class PngHeader
{
    private const int ChunkOverhead = 12;
    private const int MaxProfileBytes = 4 << 20;

    public static ReadOnlySpan<byte> Magic => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0d, 0x0a, 0x1a, 0x0a];

    public static ImageHeader Read(ReadOnlySpan<byte> bytes)
    {
        var (width, height, alpha, orientation, data, end) = (0, 0, false, ExifOrientation.Upright, false, false);
        byte[] profile = [];
        for (var at = Magic.Length; !end;)
        {
            if (bytes.Length - at < ChunkOverhead)
            {
                throw ImageInspector.Truncated("PNG");
            }

            var length = BinaryPrimitives.ReadUInt32BigEndian(bytes[at..]);
            if (length > bytes.Length - at - ChunkOverhead)
            {
                throw ImageInspector.Truncated("PNG");
            }

            var type = bytes.Slice(at + 4, 4);
            var body = bytes.Slice(at + 8, (int)length);
            if (width == 0 && (!type.SequenceEqual("IHDR"u8) || body.Length != 13))
            {
                throw ImageInspector.Truncated("PNG");
            }

            if (type.SequenceEqual("IHDR"u8))
            {
                width = Side(body);
                height = Side(body[4..]);
                alpha = body[9] is 4 or 6;
            }
            else if (type.SequenceEqual("tRNS"u8))
            {
                alpha = true;
            }
            else if (type.SequenceEqual("acTL"u8) && body.Length >= 4 && BinaryPrimitives.ReadUInt32BigEndian(body) != 1)
            {
                throw new ImageRejectedException(RejectionReason.Animated, "An animated PNG.");
            }
            else if (type.SequenceEqual("eXIf"u8))
            {
                orientation = ExifOrientation.Read(body);
            }
            else if (type.SequenceEqual("iCCP"u8))
            {
                profile = Inflate(body);
            }

            data |= type.SequenceEqual("IDAT"u8);
            end = type.SequenceEqual("IEND"u8);
            at += (int)length + ChunkOverhead;
        }

        return data
            ? new ImageHeader(ImageFormat.Png, width, height, orientation, alpha, profile)
            : throw ImageInspector.Truncated("PNG");
    }

    private static int Side(ReadOnlySpan<byte> bytes) => (int)Math.Min(int.MaxValue, BinaryPrimitives.ReadUInt32BigEndian(bytes));

    // Name, NUL, method 0, zlib stream. Bounded: the profile may be a bomb too.
    private static byte[] Inflate(ReadOnlySpan<byte> body)
    {
        var name = body.IndexOf((byte)0);
        if (name < 0 || name + 2 > body.Length)
        {
            return [];
        }

        try
        {
            using var zlib = new ZLibStream(new MemoryStream(body[(name + 2)..].ToArray()), CompressionMode.Decompress);
            var buffer = new byte[MaxProfileBytes];
            return buffer.AsSpan(0, zlib.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false)).ToArray();
        }
        catch (InvalidDataException)
        {
            return [];
        }
    }
}
