using System.Buffers.Binary;
using System.IO.Compression;
using Repaint.Imaging.Inspection;

namespace Repaint.Imaging.Palettes;

/// <summary>
/// Writes and reads the one kind of PNG a <see cref="ClusterMap"/> is stored as: 4 bits, indexed, not interlaced.
/// Codecs at hand would hand back colours instead of indices, and two palettes may have the same colour.
/// </summary>
internal static class IndexedPng
{
    private const byte BitDepth = 4;
    private const byte ColourTypeIndexed = 3;
    private const byte FilterUp = 2;
    private const int ChunkOverhead = 12;

    private static readonly uint[] CrcTable = CreateCrcTable();

    public static byte[] Write(ClusterMap map)
    {
        using var png = new MemoryStream();
        png.Write(PngHeader.Magic);

        Span<byte> header = stackalloc byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, map.Width);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], map.Height);
        (header[8], header[9]) = (BitDepth, ColourTypeIndexed);
        WriteChunk(png, "IHDR"u8, header);
        WriteChunk(png, "PLTE"u8, [.. map.Colours.SelectMany(colour => new[] { colour.Red, colour.Green, colour.Blue })]);
        WriteChunk(png, "IDAT"u8, Compress(map));
        WriteChunk(png, "IEND"u8, []);
        return png.ToArray();
    }

    public static ClusterMap Read(ReadOnlySpan<byte> png)
    {
        var (width, height) = (0, 0);
        PaletteColour[] colours = [];
        using var data = new MemoryStream();
        if (!png.StartsWith(PngHeader.Magic))
        {
            throw NotAMap();
        }

        for (var rest = png[PngHeader.Magic.Length..]; rest.Length >= ChunkOverhead;)
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(rest);
            if (length > rest.Length - ChunkOverhead)
            {
                throw NotAMap();
            }

            var checkedPart = rest.Slice(4, (int)length + 4);
            var type = checkedPart[..4];
            var body = checkedPart[4..];
            if (Crc(checkedPart) != BinaryPrimitives.ReadUInt32BigEndian(rest[(8 + (int)length)..]))
            {
                throw NotAMap();
            }

            if (type.SequenceEqual("IHDR"u8) && body is [_, _, _, _, _, _, _, _, BitDepth, ColourTypeIndexed, 0, 0, 0])
            {
                (width, height) = (BinaryPrimitives.ReadInt32BigEndian(body), BinaryPrimitives.ReadInt32BigEndian(body[4..]));
            }
            else if (type.SequenceEqual("PLTE"u8))
            {
                colours = new PaletteColour[body.Length / 3];
                for (var index = 0; index < colours.Length; index++)
                {
                    colours[index] = new PaletteColour(body[3 * index], body[3 * index + 1], body[3 * index + 2]);
                }
            }
            else if (type.SequenceEqual("IDAT"u8))
            {
                data.Write(body);
            }

            rest = rest[((int)length + ChunkOverhead)..];
        }

        var valid = width is > 0 and <= RenditionSizes.View && height is > 0 and <= RenditionSizes.View
            && colours.Length is >= ClusterMap.MinPalettes and <= ClusterMap.MaxPalettes;
        data.Position = 0;
        return valid ? new ClusterMap(width, height, Decompress(data, width, height, colours.Length), colours) : throw NotAMap();
    }

    private static byte[] Compress(ClusterMap map)
    {
        using var compressed = new MemoryStream();
        using (var zlib = new ZLibStream(compressed, CompressionLevel.Optimal))
        {
            var stride = (map.Width + 1) / 2;
            var row = new byte[stride];
            var above = new byte[stride];
            var filtered = new byte[stride + 1];
            filtered[0] = FilterUp;
            var labels = map.Labels.Span;
            for (var y = 0; y < map.Height; y++)
            {
                row.AsSpan().Clear();
                var line = labels.Slice(y * map.Width, map.Width);
                for (var x = 0; x < line.Length; x++)
                {
                    row[x >> 1] |= (byte)((x & 1) == 0 ? line[x] << 4 : line[x]);
                }

                for (var index = 0; index < stride; index++)
                {
                    filtered[index + 1] = (byte)(row[index] - above[index]);
                }

                zlib.Write(filtered);
                (row, above) = (above, row);
            }
        }

        return compressed.ToArray();
    }

    private static byte[] Decompress(MemoryStream data, int width, int height, int palettes)
    {
        try
        {
            using var zlib = new ZLibStream(data, CompressionMode.Decompress);
            var labels = new byte[width * height];
            var row = new byte[(width + 1) / 2];
            var filtered = new byte[row.Length + 1];
            for (var y = 0; y < height; y++)
            {
                zlib.ReadExactly(filtered);
                for (var index = 0; index < row.Length; index++)
                {
                    row[index] = filtered[0] == FilterUp ? (byte)(row[index] + filtered[index + 1]) : throw NotAMap();
                }

                var line = labels.AsSpan(y * width, width);
                for (var x = 0; x < width; x++)
                {
                    var label = (byte)((x & 1) == 0 ? row[x >> 1] >> 4 : row[x >> 1] & 15);
                    line[x] = label < palettes ? label : throw NotAMap();
                }
            }

            return labels;
        }
        catch (Exception exception) when (exception is InvalidDataException or EndOfStreamException)
        {
            throw new ImageRejectedException(RejectionReason.Corrupt, "The map of palettes is damaged.", exception);
        }
    }

    private static void WriteChunk(MemoryStream png, ReadOnlySpan<byte> type, ReadOnlySpan<byte> body)
    {
        var chunk = new byte[body.Length + ChunkOverhead];
        BinaryPrimitives.WriteInt32BigEndian(chunk, body.Length);
        type.CopyTo(chunk.AsSpan(4));
        body.CopyTo(chunk.AsSpan(8));
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(8 + body.Length), Crc(chunk.AsSpan(4, body.Length + 4)));
        png.Write(chunk);
    }

    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
        {
            crc = CrcTable[(byte)(crc ^ value)] ^ (crc >> 8);
        }

        return ~crc;
    }

    private static uint[] CreateCrcTable()
    {
        var table = new uint[256];
        for (uint value = 0; value < table.Length; value++)
        {
            var crc = value;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) == 0 ? crc >> 1 : 0xedb88320 ^ (crc >> 1);
            }

            table[value] = crc;
        }

        return table;
    }

    private static ImageRejectedException NotAMap() => new(RejectionReason.Corrupt, "Not a map of palettes.");
}
