using OpenCvSharp;
using Repaint.Imaging.Normalising;
using Repaint.Imaging.Palettes;
using Repaint.Imaging.Sketching;

namespace Repaint.Tests.Imaging;

public sealed class PaletteClustererTests
{
    private static readonly Dictionary<string, Func<byte[]>> Pictures = new()
    {
        ["astronaut"] = () => TestImages.Astronaut,
        ["dandelions"] = () => TestImages.Dandelions,
        ["white"] = () => TestImages.Make(400, 300, (_, _) => (255, 255, 255)),
        ["black"] = () => TestImages.Make(300, 400, (_, _) => (0, 0, 0)),
        ["paper itself"] = () => TestImages.Make(400, 300, (_, _) => (0xe4, 0xf1, 0xf8)),
        ["monochrome"] = () => TestImages.Make(400, 300, (x, y) => (Grey(x, y), Grey(x, y), Grey(x, y))),
        ["two colours"] = () => TestImages.Make(400, 300, (x, _) => x < 200 ? (200, 40, 30) : (30, 60, 220)),
        ["a dot on white"] = () => TestImages.Make(400, 300, (x, y) => x is > 190 and < 200 && y is > 140 and < 150 ? (0, 0, 255) : (255, 255, 255)),
        ["noise"] = () => TestImages.Make(400, 300, (x, y) => (Noise(x, y, 1), Noise(x, y, 2), Noise(x, y, 3))),
        ["very dark"] = () => TestImages.Make(400, 300, (x, y) => (x / 100 + Noise(x, y, 1) / 64, y / 100 + Noise(x, y, 2) / 64, Noise(x, y, 3) / 64)),
        ["smallest"] = () => TestImages.Make(64, 64, (x, y) => (4 * x, 4 * y, 128)),
        ["long"] = () => TestImages.Make(4000, 64, (x, y) => (x % 256, 4 * y, 128)),
    };

    public static TheoryData<string, int> PicturesAndCounts
    {
        get
        {
            var data = new TheoryData<string, int>();
            foreach (var name in Pictures.Keys)
            {
                foreach (var count in (int[])[2, 8, 16])
                {
                    data.Add(name, count);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(PicturesAndCounts))]
    public void Cluster_AnyPicture_EveryPaletteRevealsSomething(string name, int count)
    {
        using var photo = PhotoNormaliser.Normalise(Pictures[name]());
        using var sketch = PencilSketch.Draw(photo);

        var map = PaletteClusterer.Cluster(photo, sketch, count);

        Assert.Equal(count, map.Colours.Count);
        Assert.Equal(1, map.Shares().Sum(), precision: 9);
        Assert.All(map.Shares(), share => Assert.True(share > 0.002, $"A palette has {share:P2} of the frame."));
        Assert.True(LeastReveal(photo, sketch, map) >= 0.25, $"Rmin is {LeastReveal(photo, sketch, map):F2}.");
    }

    [Fact]
    public async Task Cluster_SameBytes_SameMap()
    {
        using var photo = PhotoNormaliser.Normalise(TestImages.Astronaut);
        using var sketch = PencilSketch.Draw(photo);
        var expected = PaletteClusterer.Cluster(photo, sketch, 8).ToPng();

        var maps = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => PaletteClusterer.Cluster(photo, sketch, 8).ToPng())));

        Assert.All(maps, map => Assert.Equal(expected, map));
    }

    [Fact]
    public void Cluster_EveryCount_GivesAsManyPalettesThatRevealSomething()
    {
        using var photo = PhotoNormaliser.Normalise(TestImages.Astronaut);
        using var sketch = PencilSketch.Draw(photo);
        for (var count = ClusterMap.MinPalettes; count <= ClusterMap.MaxPalettes; count++)
        {
            var map = PaletteClusterer.Cluster(photo, sketch, count);

            Assert.Equal(Enumerable.Range(0, count), map.Labels.ToArray().Distinct().Order().Select(label => (int)label));
            Assert.True(LeastReveal(photo, sketch, map) >= 0.25, $"Rmin of {count} is {LeastReveal(photo, sketch, map):F2}.");
        }
    }

    [Fact]
    public void Cluster_Photo_OrdersNeutralsFirst()
    {
        using var photo = PhotoNormaliser.Normalise(TestImages.Astronaut);
        using var sketch = PencilSketch.Draw(photo);
        var chromas = PaletteClusterer.Cluster(photo, sketch, 8).Colours
            .Select(OklabPlanes.FromColour)
            .Select(colour => Math.Sqrt(colour.A * colour.A + colour.B * colour.B))
            .ToArray();

        // The portrait has a grey wall, black velvet, an orange suit and a red flag.
        var firstHue = Array.FindIndex(chromas, chroma => chroma >= 0.06);
        Assert.InRange(firstHue, 2, chromas.Length - 2);
        Assert.All(chromas[firstHue..], chroma => Assert.True(chroma > 0.04, string.Join(' ', chromas)));
    }

    [Fact]
    public void Cluster_TwoColours_CutsBetweenThem()
    {
        using var photo = PhotoNormaliser.Normalise(Pictures["two colours"]());
        using var sketch = PencilSketch.Draw(photo);

        var map = PaletteClusterer.Cluster(photo, sketch, 2);

        for (var y = 0; y < map.Height; y++)
        {
            var row = map.Labels.Span.Slice(y * map.Width, map.Width);
            Assert.False(row[..(map.Width / 2 - 2)].ContainsAnyExcept(row[0]));
            Assert.False(row[(map.Width / 2 + 2)..].ContainsAnyExcept(row[^1]));
            Assert.NotEqual(row[0], row[^1]);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(17)]
    public void Cluster_CountOutOfRange_Throws(int count)
    {
        using var photo = PhotoNormaliser.Normalise(Pictures["smallest"]());
        using var sketch = PencilSketch.Draw(photo);
        Assert.Throws<ArgumentOutOfRangeException>(() => PaletteClusterer.Cluster(photo, sketch, count));
    }

    /// <summary>n · the least share of the CIELAB change between sketch and photograph, worked out apart from the code under test.</summary>
    private static double LeastReveal(NormalisedPhoto photo, PencilSketch sketch, ClusterMap map)
    {
        using var photoLab = Lab(photo.View, map);
        using var sketchLab = Lab(sketch.Image, map);
        var sums = new double[map.Colours.Count];
        for (var y = 0; y < map.Height; y++)
        {
            var after = photoLab.RowSpan<Vec3f>(y);
            var before = sketchLab.RowSpan<Vec3f>(y);
            for (var x = 0; x < map.Width; x++)
            {
                var change = after[x] - before[x];
                sums[map.Labels.Span[y * map.Width + x]] +=
                    Math.Sqrt(change.Item0 * change.Item0 + change.Item1 * change.Item1 + change.Item2 * change.Item2) + 1e-6;
            }
        }

        return sums.Length * sums.Min() / sums.Sum();
    }

    private static Mat Lab(Mat image, ClusterMap map)
    {
        var lab = new Mat();
        Cv2.Resize(image, lab, new Size(map.Width, map.Height), interpolation: InterpolationFlags.Area);
        lab.ConvertTo(lab, MatType.CV_32FC3, 1 / 255.0);
        Cv2.CvtColor(lab, lab, ColorConversionCodes.BGR2Lab);
        return lab;
    }

    private static int Grey(int x, int y) => (x * 255 / 400 + y * 255 / 300) / 2;

    private static int Noise(int x, int y, int channel) => (int)((uint)HashCode(x, y, channel) >> 24);

    private static int HashCode(int x, int y, int channel) => unchecked((x * 73856093 ^ y * 19349663 ^ channel * 83492791) * 1540483477);
}
