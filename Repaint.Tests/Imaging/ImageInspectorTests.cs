using System.Buffers.Binary;
using System.IO.Compression;
using OpenCvSharp;
using Repaint.Imaging;
using Repaint.Imaging.Inspection;
using Repaint.Imaging.Normalising;

namespace Repaint.Tests.Imaging;

public sealed class ImageInspectorTests
{
    public static TheoryData<string, byte[]> NotPictures => new()
    {
        { "empty", [] },
        { "text", "Hello, this is no picture at all."u8.ToArray() },
        { "SVG", """<svg xmlns="http://www.w3.org/2000/svg" width="900" height="900"/>"""u8.ToArray() },
        { "GIF", "GIF89a\x40\x01\x40\x01\0\0\0;"u8.ToArray() },
        { "BMP", TestImages.Make(80, 80, (_, _) => (1, 2, 3), ".bmp") },
        { "TIFF", "II*\0\x08\0\0\0"u8.ToArray() },
        { "PDF", "%PDF-1.7\n%âãÏÓ"u8.ToArray() },
        { "ZIP that ends in a JPEG", [.. "PK\x03\x04"u8, .. TestImages.Astronaut] },
        { "HTML with a JPEG inside", [.. "<html><script>alert(1)</script>"u8, .. TestImages.Astronaut] },
        { "AVIF", [0, 0, 0, 28, .. "ftypavif\0\0\0\0mif1avif"u8, .. new byte[4]] },
    };

    [Theory]
    [MemberData(nameof(NotPictures))]
    public void Inspect_OtherType_IsUnsupported(string name, byte[] bytes) =>
        Assert.True(RejectionReason.UnsupportedType == Refusal(bytes), name);

    [Theory]
    [InlineData(".jpg", ImageFormat.Jpeg)]
    [InlineData(".png", ImageFormat.Png)]
    [InlineData(".webp", ImageFormat.WebP)]
    public void Inspect_AcceptedType_TellsFormatAndSize(string extension, ImageFormat format)
    {
        var bytes = TestImages.Make(130, 70, (x, y) => (x, y, 90), extension);

        var header = ImageInspector.Inspect(bytes, ImageLimits.Default);

        Assert.Equal((format, 130, 70, 1), (header.Format, header.Width, header.Height, header.Orientation));
    }

    [Theory]
    [InlineData(".jpg")]
    [InlineData(".png")]
    [InlineData(".webp")]
    public void Inspect_TruncatedAnywhere_IsCorrupt(string extension)
    {
        var bytes = TestImages.Make(130, 70, (x, y) => (x * 7 % 256, y * 5 % 256, x * y % 256), extension);
        for (var length = 16; length < bytes.Length - 1; length += 37)
        {
            Assert.Equal(RejectionReason.Corrupt, Refusal(bytes[..length]));
        }
    }

    [Fact]
    public void Normalise_SmallPngOfHugeSize_IsRefusedBeforeItIsDecoded()
    {
        var bomb = PngBomb(30_000, 30_000);
        Assert.True(bomb.Length < 1_000_000);
        var before = Environment.WorkingSet;

        var refusal = Assert.Throws<ImageRejectedException>(() => PhotoNormaliser.Normalise(bomb));

        Assert.Equal(RejectionReason.TooLarge, refusal.Reason);
        Assert.True(Environment.WorkingSet - before < 500_000_000, "The bomb went off: it needs 2.7 GB.");
    }

    [Theory]
    [InlineData(12_001, 100, RejectionReason.TooLarge)]
    [InlineData(100, 12_001, RejectionReason.TooLarge)]
    [InlineData(8_000, 7_000, RejectionReason.TooLarge)]
    [InlineData(63, 800, RejectionReason.TooSmall)]
    [InlineData(800, 1, RejectionReason.TooSmall)]
    [InlineData(0, 800, RejectionReason.Corrupt)]
    public void Inspect_SizeOutsideLimits_IsRefused(int width, int height, RejectionReason reason) =>
        Assert.Equal(reason, Refusal(PngBomb(width, height, rows: 1)));

    [Fact]
    public void Inspect_FiftyMegapixels_Passes()
    {
        var header = ImageInspector.Inspect(PngBomb(8_192, 6_100, rows: 1), ImageLimits.Default);
        Assert.Equal(8_192, header.Width);
    }

    [Fact]
    public void Inspect_Heic_TellsFormatAndSize()
    {
        var header = ImageInspector.Inspect(TestImages.AstronautHeic, ImageLimits.Default);

        Assert.Equal((ImageFormat.Heic, 320, 240, 1), (header.Format, header.Width, header.Height, header.Orientation));
        Assert.Equal(RejectionReason.UnsupportedType, Assert.Throws<ImageRejectedException>(
            () => PhotoNormaliser.Normalise(TestImages.AstronautHeic)).Reason);
    }

    [Fact]
    public void Inspect_HeicTruncatedAnywhere_IsCorrupt()
    {
        for (var length = 16; length < TestImages.AstronautHeic.Length; length += 61)
        {
            Assert.Equal(RejectionReason.Corrupt, Refusal(TestImages.AstronautHeic[..length]));
        }
    }

    [Theory]
    [InlineData("hevc")]
    [InlineData("msf1")]
    public void Inspect_HeicSequence_IsAnimated(string brand)
    {
        var sequence = (byte[])TestImages.AstronautHeic.Clone();
        System.Text.Encoding.ASCII.GetBytes(brand).CopyTo(sequence, 8);

        Assert.Equal(RejectionReason.Animated, Refusal(sequence));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Inspect_JpegThatClaimsMorePixelsThanItHolds_IsCorrupt(int progressive)
    {
        using var image = TestImages.Decode(TestImages.Astronaut);
        var jpeg = TestImages.Encode(image, ".jpg", new ImageEncodingParam(ImwriteFlags.JpegProgressive, progressive));
        var frame = jpeg.AsSpan().IndexOf([(byte)0xff, (byte)(0xc0 + 2 * progressive)]);
        Assert.Equal(512, BinaryPrimitives.ReadUInt16BigEndian(jpeg.AsSpan(frame + 5)));
        Assert.Equal(512, ImageInspector.Inspect(jpeg, ImageLimits.Default).Width);

        BinaryPrimitives.WriteUInt16BigEndian(jpeg.AsSpan(frame + 5), 7_000);
        BinaryPrimitives.WriteUInt16BigEndian(jpeg.AsSpan(frame + 7), 7_000);

        Assert.Equal(RejectionReason.Corrupt, Refusal(jpeg));
    }

    [Fact]
    public void Inspect_JpegOfOneColour_IsNotTakenForALie()
    {
        var jpeg = TestImages.Make(3_000, 2_000, (_, _) => (255, 255, 255), ".jpg");

        Assert.Equal(3_000, ImageInspector.Inspect(jpeg, ImageLimits.Default).Width);
    }

    [Fact]
    public void Inspect_AnimatedPng_IsAnimated()
    {
        var png = TestImages.Make(80, 80, (_, _) => (1, 2, 3));
        byte[] animationControl = [0, 0, 0, 8, .. "acTL"u8, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0];

        Assert.Equal(RejectionReason.Animated, Refusal([.. png.AsSpan(0, 33), .. animationControl, .. png.AsSpan(33)]));
    }

    [Fact]
    public void Inspect_AnimatedWebP_IsAnimated()
    {
        byte[] chunks = [.. "WEBPVP8X"u8, 10, 0, 0, 0, 2, 0, 0, 0, 99, 0, 0, 99, 0, 0, .. "ANIM"u8, 6, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        byte[] webp = [.. "RIFF"u8, (byte)chunks.Length, 0, 0, 0, .. chunks];

        Assert.Equal(RejectionReason.Animated, Refusal(webp));
    }

    [Fact]
    public void Inspect_JpegOfThousandsOfScans_IsTooLarge()
    {
        using var image = TestImages.Decode(TestImages.Astronaut);
        var jpeg = TestImages.Encode(image, ".jpg", new ImageEncodingParam(ImwriteFlags.JpegProgressive, 1));
        var lastScan = jpeg.AsSpan().LastIndexOf([(byte)0xff, (byte)0xda]);
        var scan = jpeg.AsSpan(lastScan, jpeg.Length - 2 - lastScan);
        var bytes = new List<byte>(jpeg[..^2]);
        for (var repeat = 0; repeat < 2_000; repeat++)
        {
            bytes.AddRange(scan);
        }

        Assert.Equal(RejectionReason.TooLarge, Refusal([.. bytes, 0xff, 0xd9]));
    }

    [Fact]
    public void Normalise_DamagedAnywhere_IsRefusedOrDecodedButNeverBreaks()
    {
        var random = new Random(7);
        foreach (var extension in (string[])[".jpg", ".png", ".webp"])
        {
            var sound = TestImages.Make(96, 80, (x, y) => (x * 2, y * 3, x * y % 256), extension);
            for (var round = 0; round < 150; round++)
            {
                var damaged = (byte[])sound.Clone();
                for (var hit = 0; hit < 1 + round % 5; hit++)
                {
                    damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
                }

                try
                {
                    using var photo = PhotoNormaliser.Normalise(damaged);
                    Assert.True(photo.Width > 0);
                }
                catch (ImageRejectedException)
                {
                    // Refused with a reason: what is wanted.
                }
            }
        }
    }

    private static RejectionReason Refusal(byte[] bytes) =>
        Assert.Throws<ImageRejectedException>(() => ImageInspector.Inspect(bytes, ImageLimits.Default)).Reason;

    /// <summary>A valid greyscale PNG header over very compressible rows.</summary>
    private static byte[] PngBomb(int width, int height, int? rows = null)
    {
        using var data = new MemoryStream();
        using (var zlib = new ZLibStream(data, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            var row = new byte[width + 1];
            for (var y = 0; y < (rows ?? height); y++)
            {
                zlib.Write(row);
            }
        }

        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        header[8] = 8;
        return [0x89, .. "PNG\r\n\x1a\n"u8, .. Chunk("IHDR"u8, header), .. Chunk("IDAT"u8, data.ToArray()), .. Chunk("IEND"u8, [])];
    }

    private static byte[] Chunk(ReadOnlySpan<byte> type, byte[] body)
    {
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, body.Length);
        // The check sum does not matter: refused is refused before it is read.
        return [.. length, .. type, .. body, 0, 0, 0, 0];
    }
}
