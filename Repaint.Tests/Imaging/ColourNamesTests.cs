using Repaint.Imaging.Palettes;

namespace Repaint.Tests.Imaging;

public sealed class ColourNamesTests
{
    [Theory]
    [InlineData(0x000000, "黒", "black")]
    [InlineData(0xff0000, "赤", "red")]
    [InlineData(0x8b7e66, "深い小麦色", "deep wheat")] // wheat4 of rgb.txt
    [InlineData(0x6ca6cd, "落ち着いた空色", "calm sky blue")] // SkyBlue3
    [InlineData(0xfefefe, "白", "white")]
    public void For_ColourOfTheTable_IsItsName(int rgb, string ja, string en) =>
        Assert.Equal([new PaletteName(ja, en)], ColourNames.For([Colour(rgb)]));

    [Fact]
    public void For_SixteenTimesTheSameColour_IsSixteenNames()
    {
        foreach (var rgb in (int[])[0x000000, 0x808080, 0xffffff, 0x8a6a50, 0x203010, 0xff0000, 0x10ff20, 0x0000ff])
        {
            var names = ColourNames.For([.. Enumerable.Repeat(Colour(rgb), ClusterMap.MaxPalettes)]);

            Assert.Equal(ClusterMap.MaxPalettes, names.Select(name => name.En).Distinct().Count());
            Assert.Equal(ClusterMap.MaxPalettes, names.Select(name => name.Ja).Distinct().Count());
        }
    }

    [Fact]
    public void For_AnyColours_NoTwoNamesAlike()
    {
        var random = new Random(7);
        for (var round = 0; round < 50; round++)
        {
            var names = ColourNames.For([.. Enumerable.Range(0, ClusterMap.MaxPalettes).Select(_ => Colour(random.Next(0x1000000)))]);

            Assert.Equal(names.Length, names.Select(name => name.En).Distinct().Count());
            Assert.Equal(names.Length, names.Select(name => name.Ja).Distinct().Count());
            Assert.All(names, name => Assert.Matches("^[A-Za-z0-9 ]{3,32}$", name.En));
        }
    }

    private static PaletteColour Colour(int rgb) => new((byte)(rgb >> 16), (byte)(rgb >> 8), (byte)rgb);
}
