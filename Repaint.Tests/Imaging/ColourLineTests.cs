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
    public void PlaceOf_GreensOfOneHue_GoFromDarkToLightWhicheverIsTheYellower()
    {
        // 100 and 140 degrees; the darker one lies farther around the circle.
        var (yellowish, bluish) = (Polar(0.7, 0.1, 100), Polar(0.4, 0.1, 140));

        Assert.True(ColourLine.PlaceOf(bluish) < ColourLine.PlaceOf(yellowish));
    }

    [Fact]
    public void PlaceOf_AColourOfLittleChroma_IsNeutralBelowTheLimit()
    {
        var (white, slate, navy) = (Polar(1, 0, 0), Polar(0.3, 0.043, 250), Polar(0.3, 0.047, 250));

        Assert.True(ColourLine.PlaceOf(slate) < ColourLine.PlaceOf(white));
        Assert.True(ColourLine.PlaceOf(white) < ColourLine.PlaceOf(navy));
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

    private static double[] Polar(double lightness, double chroma, double degrees) =>
        [lightness, chroma * Math.Cos(degrees * Math.PI / 180) * Features.ChromaScale, chroma * Math.Sin(degrees * Math.PI / 180) * Features.ChromaScale, 0, 0];
}
