using System.Buffers.Binary;

namespace Repaint.Imaging.Inspection;

/// <summary>
/// Of a JPEG's frame and Huffman tables as much as says how many bits a scan has at the very least (ITU-T T.81, B.2.4.2,
/// F.1.2). A frame that claims more pixels than its scans can hold is a lie, which decoders would fill up with grey.
/// </summary>
internal sealed class JpegTables
{
    private readonly int[] _shortestCode = new int[32];
    private readonly Dictionary<byte, long> _blocks = [];
    private bool _huffman;
    private bool _sequential;

    public void ReadFrame(byte marker, ReadOnlySpan<byte> body)
    {
        (_huffman, _sequential) = (marker is >= 0xc0 and <= 0xc2, marker is 0xc0 or 0xc1);
        long height = BinaryPrimitives.ReadUInt16BigEndian(body[1..]);
        long width = BinaryPrimitives.ReadUInt16BigEndian(body[3..]);
        var (across, down) = (1, 1);
        for (var at = 6; at < 6 + 3 * body[5]; at += 3)
        {
            (across, down) = (Math.Max(across, body[at + 1] >> 4), Math.Max(down, body[at + 1] & 15));
        }

        for (var at = 6; at < 6 + 3 * body[5]; at += 3)
        {
            var (columns, rows) = (Divide(width * (body[at + 1] >> 4), 8 * across), Divide(height * (body[at + 1] & 15), 8 * down));
            _blocks[body[at]] = columns * rows;
        }

        static long Divide(long value, long by) => (value + by - 1) / by;
    }

    public void ReadHuffman(ReadOnlySpan<byte> body)
    {
        while (body.Length >= 17)
        {
            var (length, codes) = (1, 0);
            while (length < 16 && body[length] == 0)
            {
                length++;
            }

            foreach (var count in body[1..17])
            {
                codes += count;
            }

            _shortestCode[body[0] & 31] = length;
            body = body[Math.Min(body.Length, 17 + codes)..];
        }
    }

    /// <summary>The least bytes of a scan: one code for the mean of every block and, when sequential, one that ends it.</summary>
    public long LeastBytes(ReadOnlySpan<byte> scan)
    {
        if (!_huffman || scan.IsEmpty || scan.Length < 4 + 2 * scan[0])
        {
            return 0;
        }

        // A scan of a progressive JPEG that has no first means may leave out nearly everything.
        var parameters = scan[(1 + 2 * scan[0])..];
        if (parameters[0] != 0 || parameters[2] >> 4 != 0)
        {
            return 0;
        }

        var bits = 0L;
        for (var at = 1; at < 1 + 2 * scan[0]; at += 2)
        {
            var perBlock = _shortestCode[scan[at + 1] >> 4 & 15] + (_sequential ? _shortestCode[16 | (scan[at + 1] & 15)] : 0);
            bits += _blocks.GetValueOrDefault(scan[at]) * perBlock;
        }

        return bits / 8;
    }
}
