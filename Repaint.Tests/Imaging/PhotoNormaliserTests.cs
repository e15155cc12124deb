using MetadataExtractor;
using OpenCvSharp;
using Repaint.Imaging.Inspection;
using Repaint.Imaging.Normalising;
using Repaint.Imaging.Sketching;
using CvScalar = OpenCvSharp.Scalar;

namespace Repaint.Tests.Imaging;

public sealed class PhotoNormaliserTests
{
    private const int Left = 0;
    private const int Right = -1;

    // Where the first and the last pixel of the stored first row belong (CIPA DC-008, table of tag Orientation).
    [Theory]
    [InlineData(1, 0, Left, 0, Right)]
    [InlineData(2, 0, Right, 0, Left)]
    [InlineData(3, -1, Right, -1, Left)]
    [InlineData(4, -1, Left, -1, Right)]
    [InlineData(5, 0, Left, -1, Left)]
    [InlineData(6, 0, Right, -1, Right)]
    [InlineData(7, -1, Right, 0, Right)]
    [InlineData(8, -1, Left, 0, Left)]
    public void Normalise_Orientation_TurnsUpright(int orientation, int firstRow, int firstColumn, int lastRow, int lastColumn)
    {
        var stored = TestImages.Make(
            160, 96, (x, y) => (y < 32, x < 48, x >= 112) switch { (true, true, _) => (0, 0, 255), (true, _, true) => (255, 0, 0), _ => (255, 255, 255) }, ".jpg");

        using var photo = PhotoNormaliser.Normalise(TestImages.WithSegment(stored, 0xe1, TestImages.Exif(orientation)));
        using var upright = TestImages.Decode(photo.Original.Span);

        Assert.Equal(orientation < 5 ? (160, 96) : (96, 160), (upright.Width, upright.Height));
        Assert.Equal((upright.Width, upright.Height), (photo.Width, photo.Height));
        Assert.True(Corner(upright, firstRow, firstColumn) is { Item2: > 200, Item0: < 60 }, "red: the first pixel");
        Assert.True(Corner(upright, lastRow, lastColumn) is { Item0: > 200, Item2: < 60 }, "blue: the last of the first row");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(6)]
    public void Normalise_AnyUpload_LeavesNoMetadataInAnyPicture(int orientation)
    {
        var jpeg = TestImages.Encode(TestImages.Decode(TestImages.Astronaut), ".jpg");
        jpeg = TestImages.WithSegment(jpeg, 0xfe, "a comment with a name"u8);
        jpeg = TestImages.WithSegment(jpeg, 0xe1, "http://ns.adobe.com/xap/1.0/\0<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"/>"u8);
        jpeg = TestImages.WithSegment(jpeg, 0xed, "Photoshop 3.0\08BIM\x04\x04\0\0\0\0\0\0"u8);
        jpeg = TestImages.WithSegment(jpeg, 0xe1, TestImages.Exif(orientation));
        Assert.Contains(ImageMetadataReader.ReadMetadata(new MemoryStream(jpeg)), directory => directory.Name == "GPS");

        using var photo = PhotoNormaliser.Normalise((byte[])[.. jpeg, .. "PK\x03\x04 and whatever else hides behind the end"u8]);
        using var sketch = PencilSketch.Draw(photo);

        foreach (var picture in (byte[][])[photo.Original.ToArray(), photo.EncodeView(), photo.EncodeThumbnail(), sketch.Encode(), sketch.EncodeThumbnail()])
        {
            var directories = ImageMetadataReader.ReadMetadata(new MemoryStream(picture)).Select(directory => directory.Name);
            Assert.Equal(["File Type", "Huffman", "JFIF", "JPEG"], directories.Order());
            Assert.Equal([0xff, 0xd9], picture[^2..]);
        }
    }

    [Fact]
    public void Normalise_PlainJpeg_KeepsEveryPixel()
    {
        using var photo = PhotoNormaliser.Normalise(TestImages.WithSegment(TestImages.Dandelions, 0xe1, TestImages.Exif(1)));
        using var before = TestImages.Decode(TestImages.Dandelions);
        using var after = TestImages.Decode(photo.Original.Span);

        Assert.Equal(0, TestImages.Difference(before, after));
        Assert.Equal((1600, 900), (photo.View.Width, photo.View.Height));
    }

    [Fact]
    public void Normalise_ProgressiveJpeg_BecomesBaseline()
    {
        using var image = TestImages.Decode(TestImages.Astronaut);
        var progressive = TestImages.Encode(image, ".jpg", new ImageEncodingParam(ImwriteFlags.JpegProgressive, 1));
        Assert.False(IsBaseline(progressive));

        using var photo = PhotoNormaliser.Normalise(progressive);

        Assert.True(IsBaseline(photo.Original));
    }

    [Fact]
    public void Normalise_GreyJpeg_Passes()
    {
        using var grey = Cv2.ImDecode(TestImages.Astronaut, ImreadModes.Grayscale);
        using var photo = PhotoNormaliser.Normalise(TestImages.Encode(grey, ".jpg"));

        Assert.Equal(3, photo.View.Channels());
    }

    [Theory]
    [InlineData(".png")]
    [InlineData(".webp")]
    public void Normalise_Transparent_ShowsWhite(string extension)
    {
        using var image = new Mat(100, 100, MatType.CV_8UC4, new CvScalar(0, 0, 200, 0));
        using var opaque = new Mat(image, new Rect(0, 0, 50, 100));
        opaque.SetTo(new CvScalar(0, 0, 200, 255));

        using var photo = PhotoNormaliser.Normalise(TestImages.Encode(image, extension));

        Assert.True(photo.View.At<Vec3b>(50, 90) is { Item0: > 250, Item1: > 250, Item2: > 250 });
        Assert.True(photo.View.At<Vec3b>(50, 10) is { Item0: < 10, Item1: < 10, Item2: > 190 });
    }

    [Fact]
    public void Normalise_TransparentSixteenBitPng_ShowsWhite()
    {
        using var deep = new Mat(100, 100, MatType.CV_16UC4, new CvScalar(0x2020, 0x8080, 0xc0c0, 0x8080));
        using var photo = PhotoNormaliser.Normalise(TestImages.Encode(deep, ".png"));

        // Half of it shows: the mean of each channel and white.
        var pixel = photo.View.At<Vec3b>(50, 50);
        Assert.Equal((0x8f, 0xbf, 0xdf), (pixel.Item0, pixel.Item1, pixel.Item2));
    }

    [Fact]
    public void Normalise_SixteenBitPng_KeepsItsTones()
    {
        using var deep = new Mat(100, 100, MatType.CV_16UC3, new CvScalar(0x2020, 0x8080, 0xc0c0));
        using var photo = PhotoNormaliser.Normalise(TestImages.Encode(deep, ".png"));

        var pixel = photo.View.At<Vec3b>(50, 50);
        Assert.Equal((0x20, 0x80, 0xc0), (pixel.Item0, pixel.Item1, pixel.Item2));
    }

    [Fact]
    public void Normalise_WideGamutProfile_ConvertsToSrgb()
    {
        // Display P3 under D50, with a pure gamma of 2.2. The patch (0.8, 0.4, 0.2) is (0.612, 0.133, 0.029)
        // in linear light, (0.720, 0.113, 0.009) in that of sRGB by the published matrices, and (220.6, 94.5, 24.3) encoded.
        double[][] displayP3 = [[0.5151, 0.2412, -0.0011], [0.2920, 0.6922, 0.0419], [0.1571, 0.0666, 0.7841]];
        var patch = TestImages.Make(96, 96, (_, _) => (51, 102, 204), ".jpg");
        var tagged = TestImages.WithSegment(patch, 0xe2, [.. "ICC_PROFILE\0\x01\x01"u8, .. TestImages.IccProfile(displayP3, 2.2)]);

        using var photo = PhotoNormaliser.Normalise(tagged);

        var pixel = photo.View.At<Vec3b>(48, 48);
        Assert.InRange(pixel.Item2, 218, 222);
        Assert.InRange(pixel.Item1, 92, 97);
        Assert.InRange(pixel.Item0, 21, 28);
    }

    [Fact]
    public void Normalise_AdobeRgbProfile_ConvertsToSrgb()
    {
        // Adobe RGB (1998) under D50, gamma 2.19921875. The patch (0.2, 0.8, 0.2) is (0.029, 0.612, 0.029) in linear light,
        // (-0.204, 0.612, 0.005) in that of sRGB, which is clipped and encoded to (0, 204, 17).
        double[][] adobe = [[0.60974, 0.31111, 0.01947], [0.20528, 0.62567, 0.06087], [0.14919, 0.06322, 0.74457]];
        var patch = TestImages.Make(96, 96, (_, _) => (51, 204, 51), ".jpg");
        var tagged = TestImages.WithSegment(patch, 0xe2, [.. "ICC_PROFILE\0\x01\x01"u8, .. TestImages.IccProfile(adobe, 2.19921875)]);

        using var photo = PhotoNormaliser.Normalise(tagged);

        var pixel = photo.View.At<Vec3b>(48, 48);
        Assert.InRange(pixel.Item2, 0, 6);
        Assert.InRange(pixel.Item1, 200, 208);
        Assert.InRange(pixel.Item0, 4, 30);
    }

    [Fact]
    public void Normalise_CmykJpeg_BecomesSrgb()
    {
        // 96 × 72 of cyan 0, magenta 178, yellow 204, black 55, by ImageMagick: (200, 60, 40) in sRGB.
        var cmyk = Convert.FromBase64String(
            "/9j/4AAQSkZJRgABAQIAdgB2AAD/7gAOQWRvYmUAZAAAAAAC/9sAQwADAgIDAgIDAwMDBAMDBAUIBQUEBAUKBwcGCAwKDAwLCgsLDQ4SEA0OEQ4LCxAWEBETFBUVFQwPFxgWFBgSFBUU/9sAQwEDBAQFBAUJBQUJFA0LDRQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQU/8AAFAgASABgBAERAAIRAQMRAQQRAP/EABUAAQEAAAAAAAAAAAAAAAAAAAAI/8QAFBABAAAAAAAAAAAAAAAAAAAAAP/EABYBAQEBAAAAAAAAAAAAAAAAAAAHCP/EABQRAQAAAAAAAAAAAAAAAAAAAAD/2gAOBAEAAhEDEQQAAD8ALmwYsAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAH//Z");

        using var photo = PhotoNormaliser.Normalise(cmyk);
        using var original = TestImages.Decode(photo.Original.Span);

        var pixel = original.At<Vec3b>(36, 48);
        Assert.InRange(pixel.Item2, 194, 206);
        Assert.InRange(pixel.Item1, 54, 66);
        Assert.InRange(pixel.Item0, 34, 46);
        Assert.True(IsBaseline(photo.Original));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Normalise_PalettePng_KeepsItsColours(bool transparent)
    {
        // 80 × 80 with two entries, the right half of which may be transparent.
        using var data = new MemoryStream();
        using (var zlib = new System.IO.Compression.ZLibStream(data, System.IO.Compression.CompressionLevel.Optimal, leaveOpen: true))
        {
            for (var y = 0; y < 80; y++)
            {
                zlib.Write([0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff]);
            }
        }

        var png = TestImages.Png(80, 80, bitDepth: 1, colourType: 3, [
            ("PLTE", [10, 20, 200, 30, 180, 40]), .. transparent ? new[] { ("tRNS", new byte[] { 255, 0 }) } : [], ("IDAT", data.ToArray())]);

        using var photo = PhotoNormaliser.Normalise(png);

        Assert.Equal(new Vec3b(200, 20, 10), photo.View.At<Vec3b>(40, 10));
        Assert.Equal(transparent ? new Vec3b(255, 255, 255) : new Vec3b(40, 180, 30), photo.View.At<Vec3b>(40, 70));
    }

    [Fact]
    public void Normalise_Heic_IsLikeTheJpeg()
    {
        using var jpeg = PhotoNormaliser.Normalise(TestImages.Astronaut);
        using var heic = PhotoNormaliser.Normalise(TestImages.AstronautHeic, decodeHeic: Repaint.Clustering.Decoding.HeicDecoder.Decode);
        using var upper = new Mat(jpeg.View, new Rect(0, 0, 512, 384));
        using var expected = new Mat();
        Cv2.Resize(upper, expected, new Size(320, 240), interpolation: InterpolationFlags.Area);

        Assert.Equal((320, 240), (heic.Width, heic.Height));
        Assert.True(TestImages.Difference(expected, heic.View) < 6);
        Assert.True(IsBaseline(heic.Original));
    }

    [Fact]
    public void Normalise_DamagedHeic_IsRefusedOrDecodedButNeverBreaks()
    {
        var random = new Random(11);
        for (var round = 0; round < 60; round++)
        {
            var damaged = (byte[])TestImages.AstronautHeic.Clone();
            for (var hit = 0; hit < 1 + round % 8; hit++)
            {
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            }

            try
            {
                using var photo = PhotoNormaliser.Normalise(damaged, decodeHeic: Repaint.Clustering.Decoding.HeicDecoder.Decode);
                Assert.True(photo.Width > 0);
            }
            catch (Repaint.Imaging.ImageRejectedException)
            {
                // Refused with a reason: what is wanted.
            }
        }
    }

    [Fact]
    public void Normalise_FiftyMegapixels_Passes()
    {
        using var large = new Mat(6_100, 8_192, MatType.CV_8UC3, new CvScalar(90, 120, 200));
        using var photo = PhotoNormaliser.Normalise(TestImages.Encode(large, ".jpg", new ImageEncodingParam(ImwriteFlags.JpegProgressive, 1)));

        Assert.Equal((8_192, 6_100, 1600), (photo.Width, photo.Height, photo.View.Width));
        Assert.True(IsBaseline(photo.Original));
    }

    [Fact]
    public void EstimateMemory_KindsOfPhotographs_AreFromPlainToDemanding()
    {
        using var image = new Mat(600, 800, MatType.CV_8UC3, new CvScalar(90, 120, 200));
        byte[][] photos =
        [
            TestImages.Encode(image, ".jpg"),
            TestImages.WithSegment(TestImages.Encode(image, ".jpg"), 0xe1, TestImages.Exif(6)),
            TestImages.WithSegment(TestImages.Encode(image, ".jpg", new ImageEncodingParam(ImwriteFlags.JpegProgressive, 1)), 0xe1, TestImages.Exif(6)),
        ];

        var estimates = photos.Select(photo => PhotoNormaliser.EstimateMemory(ImageInspector.Inspect(photo, Repaint.Imaging.ImageLimits.Default))).ToList();

        Assert.Equal(estimates.Distinct().Order(), estimates);
    }

    private static Vec3b Corner(Mat image, int row, int column) =>
        image.At<Vec3b>(row == 0 ? 8 : image.Height - 9, column == Left ? 8 : image.Width - 9);

    private static bool IsBaseline(ReadOnlyMemory<byte> jpeg) => JpegStructure.Read(jpeg.Span, Repaint.Imaging.ImageLimits.Default).IsPlainBaseline;
}
