using System.Buffers.Binary;

namespace Repaint.Tests.Gateway;

/// <summary>Files with a real header and no picture in them: the gateway never decodes.</summary>
internal static class TestPictures
{
    public static byte[] Png(int width = 640, int height = 480, int seed = 1, int length = 1000)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        ((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G', 0x0d, 0x0a, 0x1a, 0x0a]).CopyTo(bytes);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(8), 13);
        "IHDR"u8.CopyTo(bytes.AsSpan(12));
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(16), width);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(20), height);
        "IDAT"u8.CopyTo(bytes.AsSpan(37));
        return bytes;
    }

    public static byte[] AnimatedPng()
    {
        var bytes = Png();
        "acTL"u8.CopyTo(bytes.AsSpan(37));
        return bytes;
    }

    /// <summary>With metadata of the given size before the frame header.</summary>
    public static byte[] Jpeg(int width, int height, int metadata = 100)
    {
        var bytes = new List<byte> { 0xff, 0xd8 };
        while (metadata > 0)
        {
            var segment = Math.Min(metadata, 0xfff0);
            bytes.AddRange([0xff, 0xe1, (byte)((segment + 2) >> 8), (byte)(segment + 2)]);
            bytes.AddRange(new byte[segment]);
            metadata -= segment;
        }

        bytes.AddRange([0xff, 0xff, 0xc2, 0, 17, 8, (byte)(height >> 8), (byte)height, (byte)(width >> 8), (byte)width, 3]);
        bytes.AddRange(new byte[100]);
        return [.. bytes];
    }

    public static byte[] WebPExtended(int width, int height, bool animated = false)
    {
        var bytes = new byte[60];
        "RIFF"u8.CopyTo(bytes);
        "WEBPVP8X"u8.CopyTo(bytes.AsSpan(8));
        bytes[20] = (byte)(animated ? 0x02 : 0);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(24), width - 1);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(27), height - 1);
        return bytes;
    }
}
