using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace Repaint.Local.Demo;

/// <summary>A complete JPEG: from SOI to EOI, with a frame header (ITU-T T.81, annex B).</summary>
internal readonly record struct JpegFile(int Width, int Height)
{
    private const byte Marker = 0xff;
    private const byte StartOfScan = 0xda;

    public static bool TryRead(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out JpegFile? jpeg)
    {
        jpeg = null;
        if (bytes is not [Marker, 0xd8, .., Marker, 0xd9])
        {
            return false;
        }

        for (var at = 2; at + 9 < bytes.Length && bytes[at] == Marker && bytes[at + 1] != StartOfScan;)
        {
            var type = bytes[at + 1];
            if (type is >= 0xc0 and <= 0xcf and not (0xc4 or 0xc8 or 0xcc))
            {
                var frame = bytes[(at + 5)..];
                jpeg = new JpegFile(BinaryPrimitives.ReadUInt16BigEndian(frame[2..]), BinaryPrimitives.ReadUInt16BigEndian(frame));
                return true;
            }

            at += 2 + BinaryPrimitives.ReadUInt16BigEndian(bytes[(at + 2)..]);
        }

        return false;
    }
}
