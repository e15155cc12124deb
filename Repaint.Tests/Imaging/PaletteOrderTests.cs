using OpenCvSharp;
using Repaint.Imaging.Palettes;
using CvScalar = OpenCvSharp.Scalar;

namespace Repaint.Tests.Imaging;

public sealed class PaletteOrderTests
{
    /// <summary>A dark blue slate whose chroma is just above 0.04 in one photograph and just below in the other.</summary>
    [Fact]
    public void Apply_PaletteOfHardlyAnyColour_KeepsItsPlaceWhenTheNextIsAsColourful()
    {
        var above = Order(slate: new(94, 70, 60));
        var below = Order(slate: new(91, 70, 61));

        Assert.Equal(above, below);
    }

    [Fact]
    public void Apply_NeutralsComeFirstFromDarkToLightThenTheHues()
    {
        var order = Order(slate: new(50, 50, 50));

        // Slate and paper are grey; then rust, leaf, sky.
        Assert.Equal([0, 3, 2, 4, 1], order);
    }

    /// <summary>The bands from left to right, in the order of their ids.</summary>
    private static int[] Order(CvScalar slate)
    {
        CvScalar[] bands = [slate, new(160, 128, 118), new(40, 70, 170), new(225, 225, 225), new(60, 140, 60)];
        using var cells = new Mat(16, 16 * bands.Length, MatType.CV_8UC3);
        for (var band = 0; band < bands.Length; band++)
        {
            cells[0, 16, 16 * band, 16 * (band + 1)].SetTo(bands[band]);
        }

        using var small = OklabPlanes.FromBgr(cells);
        var width = cells.Width * Cells.Side;
        var labels = new byte[width * cells.Height * Cells.Side];
        for (var at = 0; at < labels.Length; at++)
        {
            labels[at] = (byte)(at % width / (16 * Cells.Side));
        }

        PaletteOrder.Apply(labels, small, bands.Length, gain: 1);

        var ids = Enumerable.Range(0, bands.Length).Select(band => labels[band * 16 * Cells.Side]).ToArray();
        return [.. Enumerable.Range(0, bands.Length).OrderBy(band => ids[band])];
    }
}
