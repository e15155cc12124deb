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
    [InlineData(0x01)]
    [InlineData(0x5a)]
    [InlineData(0x7f)]
    public void Paint_SetAndComplement_AddUpExactly(int held)
    {
        // Over a black sketch, a white photograph shows alpha itself.
        using var white = new Mat(_map.Height * 3 / 2, _map.Width * 3 / 2, MatType.CV_8UC3, CvScalar.All(255));
        using var black = new Mat(white.Size(), MatType.CV_8UC3, CvScalar.All(0));
        using var first = white.Clone();
        using var second = white.Clone();
        using var mask = HeldMask.Create(_photo.View, _map, (ushort)held);
        using var complement = HeldMask.Create(_photo.View, _map, (ushort)(All & ~held));

        mask.Blend(first, black);
        complement.Blend(second, black);

        using var sum = new Mat();
        Cv2.Add(first, second, sum, null, MatType.CV_16S);
        Cv2.MinMaxLoc(sum.Reshape(1), out double least, out double most);
        Assert.Equal((255, 255), (least, most));
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
