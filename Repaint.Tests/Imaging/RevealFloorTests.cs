using OpenCvSharp;
using Repaint.Imaging.Palettes;
using CvScalar = OpenCvSharp.Scalar;

namespace Repaint.Tests.Imaging;

public sealed class RevealFloorTests
{
    private const int Side = 256;

    [Fact]
    public void Enforce_APoorPalette_IsCutAgainWithTheOneMostLikeItAndTheOthersStay()
    {
        // A sliver, what is most like it, and two others, of which the last is the richest.
        var (before, labels, reveal) = Enforce(
            count: 4, (0, 0, 8, new(40, 60, 200)), (1, 8, 80, new(40, 90, 180)), (2, 80, 150, new(60, 140, 50)), (3, 150, Side, new(150, 40, 20)));

        Assert.All(reveal.Shares(labels, 4), share => Assert.True(share >= RevealFloor.Least / 4, $"{share:P1}"));
        Assert.True(reveal.Shares(before, 4)[0] < RevealFloor.Least / 4);
        for (var at = 0; at < labels.Length; at++)
        {
            Assert.True(before[at] < 2 ? labels[at] < 2 : labels[at] == before[at], $"{before[at]} became {labels[at]}.");
        }
    }

    [Fact]
    public void Enforce_APoorPaletteMostLikeOneFarOff_IsCutAgainWithTheMoreLikeOfThoseBesideIt()
    {
        // The second is poor and most like the last; of its neighbours, the first has a little red, too.
        var (before, labels, reveal) = Enforce(
            count: 4, (0, 0, 72, new(50, 90, 140)), (1, 72, 80, new(40, 60, 200)), (2, 80, 150, new(150, 40, 20)), (3, 150, Side, new(40, 70, 190)));

        Assert.All(reveal.Shares(labels, 4), share => Assert.True(share >= RevealFloor.Least / 4, $"{share:P1}"));
        for (var at = 0; at < labels.Length; at++)
        {
            Assert.True(before[at] < 2 ? labels[at] < 2 : labels[at] == before[at], $"{before[at]} became {labels[at]}.");
        }
    }

    [Fact]
    public void Enforce_APaletteIsMissing_TheRichestIsCutAndThoseBehindItMoveUp()
    {
        var (_, labels, reveal) = Enforce(
            count: 5, (0, 0, 40, new(60, 60, 60)), (1, 40, 100, new(120, 110, 100)), (1, 100, 170, new(20, 20, 20)), (2, 170, 210, new(20, 60, 200)), (3, 210, Side, new(60, 130, 40)));

        Assert.Equal([0, 2, 1, 3, 4], new[] { 20, 70, 130, 190, 230 }.Select(x => (int)labels[128 * Side + x]));
        Assert.All(reveal.Shares(labels, 5), share => Assert.True(share >= RevealFloor.Least / 5, $"{share:P1}"));
    }

    [Fact]
    public void Enforce_ACutBetweenGreyAndADarkerRed_PutsTheNeutralFirst()
    {
        var (_, labels, _) = Enforce(count: 2, (0, 0, 128, new(20, 20, 150)), (0, 128, Side, new(150, 150, 150)));

        Assert.Equal([1, 0], new[] { 60, 200 }.Select(x => (int)labels[128 * Side + x]));
    }

    /// <summary>Upright bands over a bright paper.</summary>
    private static (byte[] Before, byte[] After, Reveal Reveal) Enforce(int count, params (byte Label, int From, int To, CvScalar Colour)[] bands)
    {
        using var photo = new Mat(Side, Side, MatType.CV_8UC3);
        using var paper = new Mat(Side, Side, MatType.CV_8UC3, CvScalar.All(240));
        var labels = new byte[Side * Side];
        foreach (var (label, from, to, colour) in bands)
        {
            photo[0, Side, from, to].SetTo(colour);
            for (var y = 0; y < Side; y++)
            {
                labels.AsSpan(y * Side + from, to - from).Fill(label);
            }
        }

        using var cells = new Mat();
        Cv2.Resize(photo, cells, Cells.SizeOf(photo.Size()), interpolation: InterpolationFlags.Area);
        using var small = OklabPlanes.FromBgr(cells);
        var reveal = Reveal.Between(photo, paper);
        var before = labels.ToArray();
        RevealFloor.Enforce(labels, small, reveal, found: bands.Max(band => band.Label) + 1, count);
        return (before, labels, reveal);
    }
}
