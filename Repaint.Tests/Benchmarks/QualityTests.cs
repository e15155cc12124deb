using OpenCvSharp;
using Repaint.Benchmarks.Imaging;

namespace Repaint.Tests.Benchmarks;

/// <summary>The frozen measure of quality, on maps small enough to work it out by hand.</summary>
public sealed class QualityTests
{
    // Pairs of the test data published with CIEDE2000 (Sharma, Wu, Dalal, 2005).
    [Theory]
    [InlineData(50, 2.6772, -79.7751, 50, 0, -82.7485, 2.0425)]
    [InlineData(50, 0, 0, 50, -1, 2, 2.3669)]
    [InlineData(50, 2.49, -0.001, 50, -2.49, 0.0011, 7.2195)]
    [InlineData(50, 2.5, 0, 73, 25, -18, 27.1492)]
    [InlineData(60.2574, -34.0099, 36.2677, 60.4626, -34.1751, 39.4387, 1.2644)]
    [InlineData(2.0776, 0.0795, -1.135, 0.9033, -0.0636, -0.5514, 0.9082)]
    public void Between_PublishedPairs_IsThePublishedDifference(double l1, double a1, double b1, double l2, double a2, double b2, double expected) =>
        Assert.Equal(expected, DeltaE.Between((l1, a1, b1), (l2, a2, b2)), precision: 4);

    [Fact]
    public void Of_TwoEvenHalves_IsWhatTheHandWorksOut()
    {
        // Left half L 20, right half L 80, over a sketch of L 90 everywhere: 4 × 2 pixels, cut where the picture is.
        byte[] labels = [0, 0, 1, 1, 0, 0, 1, 1];
        using var photo = Grey(4, 2, 20, 20, 80, 80, 20, 20, 80, 80);
        using var sketch = Grey(4, 2, 90, 90, 90, 90, 90, 90, 90, 90);

        var score = Quality.Of(photo, sketch, labels, 2);

        Assert.Equal(1, score.C, precision: 9); // every pixel is its palette's mean
        Assert.Equal(1, score.D, precision: 9); // more than 10 apart
        Assert.Equal(1, score.S, precision: 9);
        Assert.Equal(1 / (1 + 2 / 120.0), score.B, precision: 9); // two pairs across; 20 · (2 + 4)
        // Four of eight pixels have a gradient, and they are the boundary: the middle of the upper half, rank 0.75.
        Assert.Equal(0.5, score.E, precision: 9);
        // Changes 70 and 10 a pixel: shares 0.875 and 0.125, of which min(1, 2 · share) is 1 and 0.25.
        Assert.Equal(0.625, score.R, precision: 9);
        Assert.Equal(0.25, score.LeastReveal, precision: 9);
        Assert.Equal(100 * Math.Pow(1 / (1 + 2 / 120.0) * 0.5 * 0.625, 1 / 6.0), score.Q, precision: 9);
    }

    [Fact]
    public void Of_MapThatMissesThePicture_IsWorthNothing()
    {
        byte[] labels = [0, 1, 0, 1, 0, 1, 0, 1];
        using var photo = Grey(4, 2, 20, 20, 80, 80, 20, 20, 80, 80);
        using var sketch = Grey(4, 2, 90, 90, 90, 90, 90, 90, 90, 90);

        var score = Quality.Of(photo, sketch, labels, 2);

        Assert.True(score.C < 1e-6 && score.D < 1e-6, "Both palettes have the mean of the whole.");
        Assert.Equal(1 / (1 + 6 / 120.0), score.B, precision: 9);
        Assert.True(score.Q < 1);
    }

    [Fact]
    public void ShareOfLargeComponents_SpecksAmongSurfaces_CountsSurfacesOnly()
    {
        // 40 × 50: the limit is two pixels. Two specks of one pixel touch at a corner only; a pair is large enough.
        var labels = new byte[2_000];
        labels[0] = labels[41] = 1;
        labels[1_000] = labels[1_001] = 1;

        Assert.Equal(1_998 / 2_000.0, Quality.ShareOfLargeComponents(labels, 40, 50, [0, 1]), precision: 9);
    }

    [Fact]
    public void BoundaryOf_OnePixelInAField_HasFourPairsAndFivePixels()
    {
        var (length, pixels) = Quality.BoundaryOf([0, 0, 0, 0, 1, 0, 0, 0, 0], 3, 3);

        Assert.Equal(4, length);
        Assert.Equal(5, pixels.Count(pixel => pixel));
    }

    [Fact]
    public void Of_PaletteWithoutPixels_RevealsNothing()
    {
        using var photo = Grey(2, 2, 10, 20, 30, 40);
        using var sketch = Grey(2, 2, 90, 90, 90, 90);

        Assert.Equal(0, Quality.Of(photo, sketch, [0, 0, 1, 1], 3).LeastReveal);
    }

    private static Mat Grey(int width, int height, params float[] lightness)
    {
        var lab = new Mat(height, width, MatType.CV_32FC3);
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                lab.Set(y, x, new Vec3f(lightness[y * width + x], 0, 0));
            }
        }

        return lab;
    }
}
