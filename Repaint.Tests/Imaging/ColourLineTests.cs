using Repaint.Imaging.Palettes;

namespace Repaint.Tests.Imaging;

public sealed class ColourLineTests
{
    [Fact]
    public void PlaceOf_NeutralsComeFirstFromDarkToLightThenTheHuesAroundTheCircle()
    {
        PaletteColour[] inOrder =
        [
            new(20, 20, 20), new(70, 66, 60), new(225, 225, 225),
            new(120, 20, 90), new(170, 70, 40), new(240, 200, 150), new(20, 60, 20), new(60, 140, 60), new(40, 150, 150), new(60, 90, 200), new(110, 70, 190),
        ];

        Assert.Equal(inOrder, inOrder.Reverse().OrderBy(colour => ColourLine.PlaceOf(Point(colour))));
    }

    [Fact]
    public void PlaceOf_OfTheSameColour_TheOneNearerToTheTopLeftComesFirst()
    {
        var wall = new PaletteColour(200, 200, 200);

        Assert.True(ColourLine.PlaceOf(Point(wall, 0.1, 0.1)) < ColourLine.PlaceOf(Point(wall, 0.1, 0.3)));
        Assert.True(ColourLine.PlaceOf(Point(wall, 0.1, 0.1)) < ColourLine.PlaceOf(Point(wall, 0.3, 0.1)));
    }

    private static double[] Point(PaletteColour colour, double x = 0, double y = 0)
    {
        var (l, a, b) = OklabPlanes.FromColour(colour);
        return [l, a * Features.ChromaScale, b * Features.ChromaScale, x, y];
    }
}
