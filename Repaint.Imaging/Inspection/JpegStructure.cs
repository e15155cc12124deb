namespace Repaint.Imaging.Inspection;

/// <summary>The marker segments of a JPEG (ITU-T T.81, annex B), found without decoding.</summary>
internal sealed class JpegStructure
{
    private const byte Sof0 = 0xc0;
    private const byte Dht = 0xc4;
    private const byte Dac = 0xcc;
    private const byte Eoi = 0xd9;
    private const byte Sos = 0xda;
    private const byte Dqt = 0xdb;
    private const byte Dri = 0xdd;
    private const byte App0 = 0xe0;
    private const byte App1 = 0xe1;
    private const byte App2 = 0xe2;
    private const byte App14 = 0xee;

    private readonly List<Range> _pixels = [];
    private readonly SortedDictionary<int, byte[]> _profile = [];
    private readonly JpegTables _tables = new();
    private int _width;
    private int _height;
    private byte _frame;
    private int _precision;
    private int _orientation = ExifOrientation.Upright;
    private bool _jfif;
    private int? _adobeTransform;
    private byte[] _components = [];
    private int _scans;

    public static ReadOnlySpan<byte> Magic => [0xff, 0xd8, 0xff];

    public static ReadOnlySpan<byte> ExifPrefix => "Exif\0\0"u8;

    /// <summary>
    /// Everything a decoder needs, in order: tables, frame, scans with their entropy-coded data. What is left out is
    /// metadata, thumbnails and whatever follows the end of the image.
    /// </summary>
    public IReadOnlyList<Range> Pixels => _pixels;

    /// <summary>One sequential scan of 8-bit grey or YCbCr: what every decoder anywhere reads.</summary>
    public bool IsPlainBaseline => _frame == Sof0 && _precision == 8 && _scans == 1 && _components.Length switch
    {
        1 => true,
        // Without JFIF or Adobe markers, decoders guess RGB from component ids other than 1, 2, 3.
        3 => _adobeTransform is { } transform ? transform == 1 : _jfif || _components is [1, 2, 3],
        _ => false,
    };

    /// <summary>Decoded as it is read; a progressive one is kept until its last scan.</summary>
    public bool IsSequential => _frame is Sof0 or Sof0 + 1;

    public ImageHeader ToHeader() => new(
        ImageFormat.Jpeg, _width, _height, _orientation, HasAlpha: false, _profile.Values.SelectMany(chunk => chunk).ToArray())
    {
        Jpeg = this,
    };

    public static JpegStructure Read(ReadOnlySpan<byte> bytes, ImageLimits limits)
    {
        var jpeg = new JpegStructure();
        for (var at = 2; ;)
        {
            var start = at;
            if (at >= bytes.Length || bytes[at] != 0xff)
            {
                throw ImageInspector.Truncated("JPEG");
            }

            // Any marker may be preceded by fill bytes.
            while (at < bytes.Length && bytes[at] == 0xff)
            {
                at++;
            }

            if (at < bytes.Length && bytes[at] == Eoi)
            {
                break;
            }

            if (at + 3 > bytes.Length)
            {
                throw ImageInspector.Truncated("JPEG");
            }

            var marker = bytes[at++];
            var length = ImageInspector.BigEndian16(bytes, at);
            if (length < 2 || length > bytes.Length - at)
            {
                throw ImageInspector.Truncated("JPEG");
            }

            var body = bytes.Slice(at + 2, length - 2);
            jpeg.ReadSegment(marker, body);
            at += length;
            if (marker == Sos)
            {
                var data = at;
                at = SkipEntropyCodedData(bytes, at);
                if (at - data < jpeg._tables.LeastBytes(body))
                {
                    throw new ImageRejectedException(RejectionReason.Corrupt, "The JPEG claims more pixels than it holds.");
                }

                if (++jpeg._scans > limits.MaxScans)
                {
                    throw new ImageRejectedException(RejectionReason.TooLarge, $"A JPEG of more than {limits.MaxScans} scans.");
                }
            }

            if (marker is Dht or Dac or Sos or Dqt or Dri || IsFrame(marker))
            {
                jpeg._pixels.Add(start..at);
            }
        }

        return jpeg._scans > 0 && jpeg._width > 0 ? jpeg : throw ImageInspector.Truncated("JPEG");
    }

    private static bool IsFrame(byte marker) => marker is >= Sof0 and <= 0xcf and not (Dht or 0xc8 or Dac);

    private static int SkipEntropyCodedData(ReadOnlySpan<byte> bytes, int at)
    {
        while (true)
        {
            var next = bytes[at..].IndexOf((byte)0xff);
            if (next < 0 || at + next + 1 >= bytes.Length)
            {
                throw ImageInspector.Truncated("JPEG");
            }

            at += next;
            // 00 is a stuffed data byte, d0–d7 are restart markers: both belong to the data.
            if (bytes[at + 1] is not (0 or (>= 0xd0 and <= 0xd7)))
            {
                return at;
            }

            at += 2;
        }
    }

    private void ReadSegment(byte marker, ReadOnlySpan<byte> body)
    {
        if (IsFrame(marker))
        {
            if (body.Length < 6 || body.Length < 6 + 3 * body[5] || _frame != 0)
            {
                throw ImageInspector.Truncated("JPEG");
            }

            (_frame, _precision) = (marker, body[0]);
            (_height, _width) = (ImageInspector.BigEndian16(body, 1), ImageInspector.BigEndian16(body, 3));
            _tables.ReadFrame(marker, body);
            _components = new byte[body[5]];
            for (var index = 0; index < _components.Length; index++)
            {
                _components[index] = body[6 + 3 * index];
            }
        }
        else if (marker == Dht)
        {
            _tables.ReadHuffman(body);
        }
        else if (marker == App0 && body.StartsWith("JFIF\0"u8))
        {
            _jfif = true;
        }
        else if (marker == App1 && body.StartsWith(ExifPrefix))
        {
            _orientation = ExifOrientation.Read(body[ExifPrefix.Length..]);
        }
        else if (marker == App2 && body.StartsWith("ICC_PROFILE\0"u8) && body.Length > 14)
        {
            _profile[body[12]] = body[14..].ToArray();
        }
        else if (marker == App14 && body.StartsWith("Adobe"u8) && body.Length >= 12)
        {
            _adobeTransform = body[11];
        }
    }
}
