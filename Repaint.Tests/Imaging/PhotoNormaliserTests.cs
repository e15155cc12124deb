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

    private static Vec3b Corner(Mat image, int row, int column) =>
        image.At<Vec3b>(row == 0 ? 8 : image.Height - 9, column == Left ? 8 : image.Width - 9);

    private static bool IsBaseline(ReadOnlyMemory<byte> jpeg) => JpegStructure.Read(jpeg.Span, Repaint.Imaging.ImageLimits.Default).IsPlainBaseline;
}
