using Repaint.Imaging.Inspection;

namespace Repaint.Imaging.Normalising;

/// <summary>Rewrites a plain baseline JPEG with nothing in it but the picture.</summary>
internal static class JpegStripper
{
    // SOI; APP0 "JFIF" 1.01 with square pixels and no thumbnail, which also says that the components are YCbCr.
    private static ReadOnlySpan<byte> Start =>
    [
        0xff, 0xd8, 0xff, 0xe0, 0, 16, (byte)'J', (byte)'F', (byte)'I', (byte)'F', 0, 1, 1, 0, 0, 1, 0, 1, 0, 0,
    ];

    private static ReadOnlySpan<byte> End => [0xff, 0xd9];

    public static byte[] Strip(ReadOnlySpan<byte> bytes, JpegStructure jpeg)
    {
        var length = Start.Length + End.Length;
        foreach (var range in jpeg.Pixels)
        {
            length += range.GetOffsetAndLength(bytes.Length).Length;
        }

        var stripped = new byte[length];
        Start.CopyTo(stripped);
        var at = Start.Length;
        foreach (var range in jpeg.Pixels)
        {
            var segment = bytes[range];
            segment.CopyTo(stripped.AsSpan(at));
            at += segment.Length;
        }

        End.CopyTo(stripped.AsSpan(at));
        return stripped;
    }
}
