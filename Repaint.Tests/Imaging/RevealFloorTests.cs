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
        using var photo = new Mat(Side, Side, MatType.CV_8UC3);
        using var paper = new Mat(Side, Side, MatType.CV_8UC3, CvScalar.All(240));
        var labels = new byte[Side * Side];
        // A sliver, what is most like it, and two others, of which the last is the richest.
        (byte Label, int From, int To, CvScalar Colour)[] bands =
            [(0, 0, 8, new(40, 60, 200)), (1, 8, 80, new(40, 90, 180)), (2, 80, 150, new(60, 140, 50)), (3, 150, Side, new(150, 40, 20))];
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

        RevealFloor.Enforce(labels, small, reveal, found: 4, count: 4);

        Assert.All(reveal.Shares(labels, 4), share => Assert.True(share >= RevealFloor.Least / 4, $"{share:P1}"));
        Assert.True(reveal.Shares(before, 4)[0] < RevealFloor.Least / 4);
        for (var at = 0; at < labels.Length; at++)
        {
            Assert.True(before[at] < 2 ? labels[at] < 2 : labels[at] == before[at], $"{before[at]} became {labels[at]}.");
        }
    }
}
