using OpenCvSharp;
using Repaint.Imaging.Palettes;
using CvScalar = OpenCvSharp.Scalar;

namespace Repaint.Tests.Imaging;

public sealed class PaletteColoursTests
{
    [Fact]
    public void Of_APaletteBesideTheMiddlesOfAllCells_HasAColourToo()
    {
        using var cells = new Mat(4, 4, MatType.CV_8UC3, new CvScalar(40, 60, 200));
        using var small = OklabPlanes.FromBgr(cells);
        var labels = new byte[small.Length * Cells.Side * Cells.Side];
        labels[0] = 1;

        var colours = PaletteColours.Of(labels, small, 2, gain: 1);

        Assert.Equal([new PaletteColour(200, 60, 40), new PaletteColour(200, 60, 40)], colours);
    }
}
