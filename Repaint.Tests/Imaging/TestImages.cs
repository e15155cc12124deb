using System.Buffers.Binary;
using OpenCvSharp;

namespace Repaint.Tests.Imaging;

/// <summary>Pictures made for a test, and the photographs in Photos.</summary>
internal static class TestImages
{
    public static byte[] Astronaut { get; } = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Photos", "astronaut.jpg"));

    public static byte[] AstronautHeic { get; } = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Photos", "astronaut.heic"));

    public static byte[] Dandelions { get; } = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Photos", "dandelions.jpg"));

    /// <summary>A picture whose pixels a function of column and row gives, as blue, green, red.</summary>
    public static byte[] Make(int width, int height, Func<int, int, (int Blue, int Green, int Red)> pixel, string extension = ".png")
    {
        using var image = new Mat(height, width, MatType.CV_8UC3);
        for (var y = 0; y < height; y++)
        {
            var row = image.RowSpan<Vec3b>(y);
            for (var x = 0; x < width; x++)
            {
                var (blue, green, red) = pixel(x, y);
                row[x] = new Vec3b((byte)blue, (byte)green, (byte)red);
            }
        }

        return Encode(image, extension);
    }

    public static byte[] Encode(Mat image, string extension, params ImageEncodingParam[] parameters)
    {
        Cv2.ImEncode(extension, image, out var bytes, parameters);
        return bytes;
    }

    public static Mat Decode(ReadOnlySpan<byte> bytes) => Cv2.ImDecode(bytes, ImreadModes.Color | ImreadModes.IgnoreOrientation);

    /// <summary>Mean absolute difference over all channels, 0–255.</summary>
    public static double Difference(Mat first, Mat second)
    {
        using var difference = new Mat();
        Cv2.Absdiff(first, second, difference);
        var mean = Cv2.Mean(difference);
        return (mean.Val0 + mean.Val1 + mean.Val2) / 3;
    }

    /// <summary>A JPEG with a segment put in after its first marker.</summary>
    public static byte[] WithSegment(byte[] jpeg, byte marker, ReadOnlySpan<byte> body)
    {
        Span<byte> head = [0xff, marker, 0, 0];
        BinaryPrimitives.WriteUInt16BigEndian(head[2..], (ushort)(body.Length + 2));
        return [.. jpeg.AsSpan(0, 2), .. head, .. body, .. jpeg.AsSpan(2)];
    }

    /// <summary>A PNG of these chunks, with right check sums.</summary>
    public static byte[] Png(int width, int height, byte bitDepth, byte colourType, IEnumerable<(string Type, byte[] Body)> chunks)
    {
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9]) = (bitDepth, colourType);
        return [0x89, .. "PNG\r\n\x1a\n"u8, .. chunks.Prepend(("IHDR", header)).Append(("IEND", [])).SelectMany(chunk => Chunk(chunk.Item1, chunk.Item2))];
    }

    private static byte[] Chunk(string type, byte[] body)
    {
        byte[] named = [.. System.Text.Encoding.ASCII.GetBytes(type), .. body];
        var (length, check) = (new byte[4], new byte[4]);
        BinaryPrimitives.WriteInt32BigEndian(length, body.Length);
        var crc = uint.MaxValue;
        foreach (var value in named)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) == 0 ? crc >> 1 : 0xedb88320 ^ (crc >> 1);
            }
        }

        BinaryPrimitives.WriteUInt32BigEndian(check, ~crc);
        return [.. length, .. named, .. check];
    }

    /// <summary>EXIF with an orientation and a place: 35° 40' N.</summary>
    public static byte[] Exif(int orientation)
    {
        var tiff = new byte[8 + 2 + 2 * 12 + 4 + 2 + 2 * 12 + 4 + 24];
        "II*\0"u8.CopyTo(tiff);
        var at = 4;
        Write32(8);
        Write16(2);
        Entry(0x0112, type: 3, count: 1, (uint)orientation);
        Entry(0x8825, type: 4, count: 1, 38);
        Write32(0);
        Write16(2);
        Entry(0x0001, type: 2, count: 2, 'N');
        Entry(0x0002, type: 5, count: 3, 68);
        Write32(0);
        foreach (var number in (uint[])[35, 1, 40, 1, 0, 1])
        {
            Write32(number);
        }

        return [.. "Exif\0\0"u8, .. tiff];

        void Entry(ushort tag, ushort type, uint count, uint value)
        {
            Write16(tag);
            Write16(type);
            Write32(count);
            Write32(value);
        }

        void Write16(ushort value)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(tiff.AsSpan(at), value);
            at += 2;
        }

        void Write32(uint value)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(tiff.AsSpan(at), value);
            at += 4;
        }
    }

    /// <summary>A matrix/TRC colour profile (ICC.1:2022) with a pure gamma.</summary>
    /// <param name="columns">Red, green and blue colorants, XYZ under D50.</param>
    /// <param name="gamma">The gamma of all three channels.</param>
    public static byte[] IccProfile(double[][] columns, double gamma)
    {
        const int TagCount = 6;
        const int TagsEnd = 132 + TagCount * 12;
        var profile = new byte[TagsEnd + 3 * 20 + 16];
        BinaryPrimitives.WriteInt32BigEndian(profile, profile.Length);
        profile[8] = 4;
        "mntrRGB XYZ "u8.CopyTo(profile.AsSpan(12));
        "acsp"u8.CopyTo(profile.AsSpan(36));
        BinaryPrimitives.WriteInt32BigEndian(profile.AsSpan(128), TagCount);
        for (var channel = 0; channel < 3; channel++)
        {
            var offset = TagsEnd + channel * 20;
            Tag(channel, $"{"rgb"[channel]}XYZ", offset, 20);
            Tag(channel + 3, $"{"rgb"[channel]}TRC", TagsEnd + 60, 16);
            "XYZ "u8.CopyTo(profile.AsSpan(offset));
            for (var row = 0; row < 3; row++)
            {
                BinaryPrimitives.WriteInt32BigEndian(profile.AsSpan(offset + 8 + 4 * row), (int)Math.Round(columns[channel][row] * 65536));
            }
        }

        "para"u8.CopyTo(profile.AsSpan(TagsEnd + 60));
        BinaryPrimitives.WriteInt32BigEndian(profile.AsSpan(TagsEnd + 72), (int)Math.Round(gamma * 65536));
        return profile;

        void Tag(int index, string name, int offset, int size)
        {
            var entry = profile.AsSpan(132 + 12 * index);
            System.Text.Encoding.ASCII.GetBytes(name).CopyTo(entry);
            BinaryPrimitives.WriteInt32BigEndian(entry[4..], offset);
            BinaryPrimitives.WriteInt32BigEndian(entry[8..], size);
        }
    }
}
