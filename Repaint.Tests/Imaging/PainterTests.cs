using OpenCvSharp;
using Repaint.Imaging.Normalising;
using Repaint.Imaging.Painting;
using Repaint.Imaging.Palettes;
using Repaint.Imaging.Sketching;
using CvScalar = OpenCvSharp.Scalar;

namespace Repaint.Tests.Imaging;

public sealed class PainterTests : IDisposable
{
    private const int Count = 8;
    private const ushort All = (1 << Count) - 1;

    // JPEG at the qualities used, on photographs: below two levels of 256 on average.
    private const double EncoderError = 2;

    private readonly NormalisedPhoto _photo = PhotoNormaliser.Normalise(TestImages.Dandelions);
    private readonly PencilSketch _sketch;
    private readonly ClusterMap _map;
    private readonly byte[] _view;
    private readonly byte[] _sketchJpeg;

    public PainterTests()
    {
        _sketch = PencilSketch.Draw(_photo);
        _map = PaletteClusterer.Cluster(_photo, _sketch, Count);
        _view = _photo.EncodeView();
        _sketchJpeg = _sketch.Encode();
    }

    [Fact]
    public void PaintForScreen_AllHeld_IsTheOriginal()
    {
        using var painting = TestImages.Decode(Painter.PaintForScreen(_view, _sketchJpeg, _map, All).View);
        Assert.True(TestImages.Difference(_photo.View, painting) < EncoderError);
    }

    [Fact]
    public void PaintForScreen_NoneHeld_IsTheSketch()
    {
        using var painting = TestImages.Decode(Painter.PaintForScreen(_view, _sketchJpeg, _map, 0).View);
        Assert.True(TestImages.Difference(_sketch.Image, painting) < EncoderError);
    }

    [Fact]
    public void PaintFull_AllHeld_IsTheOriginalAtFullSize()
    {
        using var original = TestImages.Decode(_photo.Original.Span);
        using var painting = TestImages.Decode(Painter.PaintFull(_photo.Original.Span, _sketchJpeg, _map, All));
        Assert.Equal(original.Size(), painting.Size());
        Assert.True(TestImages.Difference(original, painting) < EncoderError);
    }

    [Theory]
    [InlineData(512, 288)]
    [InlineData(1600, 900)]
    [InlineData(1601, 907)]
    [InlineData(4003, 2251)]
    public void Alpha_OfAllPalettes_AddsUpToExactlyOne(int width, int height)
    {
        var palettes = Enumerable.Range(0, Count).Select(palette => new HeldAlpha(_map, (ushort)(1 << palette), width, height)).ToArray();
        var partial = 0;
        foreach (var y in Enumerable.Range(0, height).Where(y => y % 37 == 0 || y == height - 1))
        {
            var rows = Array.ConvertAll(palettes, palette => palette.Read(y));
            for (var x = 0; x < width; x++)
            {
                Assert.Equal(HeldAlpha.One, rows.Sum(row => row[x]));
                partial += rows.Any(row => row[x] is > 0 and < HeldAlpha.One) ? 1 : 0;
            }
        }

        Assert.True(partial > 0, "There are soft edges.");
    }

    [Theory]
    [InlineData(0x01)]
    [InlineData(0x5a)]
    [InlineData(0x7f)]
    public void Blend_SetAndComplement_SharePhotographAndSketch(int held)
    {
        var (width, height) = (_map.Width * 3 / 2, _map.Height * 3 / 2);
        var (alpha, complement) = (new HeldAlpha(_map, (ushort)held, width, height), new HeldAlpha(_map, (ushort)(All & ~held), width, height));
        var (white, black) = (Enumerable.Repeat((byte)255, 3 * width).ToArray(), new byte[3 * width]);
        for (var y = 0; y < height; y++)
        {
            var (first, second) = ((byte[])white.Clone(), (byte[])white.Clone());
            alpha.Blend(y, first, black);
            complement.Blend(y, second, black);
            for (var at = 0; at < first.Length; at++)
            {
                // Each is rounded once.
                Assert.InRange(first[at] + second[at], 254, 256);
            }
        }
    }

    [Fact]
    public void PaintForScreen_OnePalette_ColoursItsRegionAndLeavesTheRest()
    {
        for (var palette = 0; palette < Count; palette++)
        {
            using var painting = TestImages.Decode(Painter.PaintForScreen(_view, _sketchJpeg, _map, (ushort)(1 << palette)).View);
            using var region = RegionFarFromEdges(palette, inside: true, painting.Size());
            using var rest = RegionFarFromEdges(palette, inside: false, painting.Size());
            Assert.True(MaskedDifference(painting, _photo.View, region) < 2 * EncoderError, $"palette {palette} is painted");
            Assert.True(MaskedDifference(painting, _sketch.Image, rest) < 2 * EncoderError, $"all but palette {palette} is sketch");
        }
    }

    [Fact]
    public void PaintFull_HalfHeld_LooksLikeTheViewEnlarged()
    {
        const ushort Half = 0x55;
        using var view = TestImages.Decode(Painter.PaintForScreen(_view, _sketchJpeg, _map, Half).View);
        using var full = TestImages.Decode(Painter.PaintFull(_photo.Original.Span, _sketchJpeg, _map, Half));
        using var reduced = new Mat();
        Cv2.Resize(full, reduced, view.Size(), interpolation: InterpolationFlags.Area);
        Assert.True(TestImages.Difference(view, reduced) < 4);
    }

    [Fact]
    public void PaintForScreen_Thumbnail_IsSmall()
    {
        using var thumbnail = TestImages.Decode(Painter.PaintForScreen(_view, _sketchJpeg, _map, 0x0f).Thumbnail);
        Assert.Equal((320, 180), (thumbnail.Width, thumbnail.Height));
    }

    public void Dispose()
    {
        _photo.Dispose();
        _sketch.Dispose();
    }

    private Mat RegionFarFromEdges(int palette, bool inside, Size size)
    {
        using var labels = new Mat(_map.Height, _map.Width, MatType.CV_8UC1);
        for (var y = 0; y < _map.Height; y++)
        {
            var row = labels.RowSpan<byte>(y);
            for (var x = 0; x < row.Length; x++)
            {
                row[x] = (byte)(_map.Labels.Span[y * _map.Width + x] == palette == inside ? 255 : 0);
            }
        }

        var region = new Mat();
        Cv2.Erode(labels, region, null, iterations: 25, borderType: BorderTypes.Constant, borderValue: CvScalar.All(255));
        Cv2.Resize(region, region, size, interpolation: InterpolationFlags.Nearest);
        return region;
    }

    private static double MaskedDifference(Mat first, Mat second, Mat mask)
    {
        using var difference = new Mat();
        Cv2.Absdiff(first, second, difference);
        var mean = Cv2.Mean(difference, mask);
        return (mean.Val0 + mean.Val1 + mean.Val2) / 3;
    }
}
