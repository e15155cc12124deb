using OpenCvSharp;
using Repaint.Imaging.Normalising;
using Repaint.Imaging.Palettes;
using Repaint.Imaging.Sketching;
using CvScalar = OpenCvSharp.Scalar;

namespace Repaint.Tests.Imaging;

/// <summary>A palette's index means the same in a picture that was sent again by another app.</summary>
public sealed class PaletteStabilityTests
{
    private const int Count = 8;

    // Of the frame. Edges move by a pixel; a changed order changes whole palettes.
    private const double LeastAgreement = 0.95;

    // Soft transitions are cut elsewhere, too.
    private const double LeastAgreementOfPhotographs = 0.65;

    private const double LeastAgreementOnTheWhole = 0.82;

    public static TheoryData<string> Changes => ["encoded at 75", "three quarters the size", "a sixth of a stop brighter", "a sixth of a stop darker"];

    public static MatrixTheoryData<string, string> PhotographsAndChanges => new(["astronaut", "dandelions"], Changes.Select(change => change.Data));

    [Theory]
    [MemberData(nameof(Changes))]
    public void Cluster_PictureSentAgain_KeepsItsOrder(string change)
    {
        using var image = Poster();
        var before = Cluster(TestImages.Encode(image, ".jpg", new ImageEncodingParam(ImwriteFlags.JpegQuality, 95)));

        var after = Cluster(Change(image, change));

        var agreement = Agreement(before, after);
        Assert.True(agreement >= LeastAgreement, $"{agreement:P1} of the pixels keep their index.");
    }

    [Theory]
    [MemberData(nameof(PhotographsAndChanges))]
    public void Cluster_PhotographSentAgain_MostlyKeepsItsOrder(string photograph, string change)
    {
        using var image = TestImages.Decode(photograph == "astronaut" ? TestImages.Astronaut : TestImages.Dandelions);
        var before = Cluster(TestImages.Encode(image, ".jpg", new ImageEncodingParam(ImwriteFlags.JpegQuality, 95)));

        var after = Cluster(Change(image, change));

        var agreement = Agreement(before, after);
        Assert.True(agreement >= LeastAgreementOfPhotographs, $"{agreement:P1} of the pixels keep their index.");
    }

    /// <summary>A single pair can have bad luck; that one count of palettes or one photograph did well would be good luck.</summary>
    [Fact]
    public void Cluster_PhotographsSentAgain_KeepTheirOrderOnTheWhole()
    {
        var agreements = new List<double>();
        foreach (var photograph in (byte[][])[TestImages.Astronaut, TestImages.Dandelions])
        {
            using var image = TestImages.Decode(photograph);
            var bytes = TestImages.Encode(image, ".jpg", new ImageEncodingParam(ImwriteFlags.JpegQuality, 95));
            var changed = Changes.Select(change => Change(image, change.Data)).ToArray();
            foreach (var count in (int[])[4, 6, 8, 12, 16])
            {
                var before = Cluster(bytes, count);
                agreements.AddRange(changed.Select(again => Agreement(before, Cluster(again, count))));
            }
        }

        Assert.True(agreements.Average() >= LeastAgreementOnTheWhole, $"{agreements.Average():P1} of the pixels keep their index.");
    }

    [Fact]
    public void Cluster_LeavesOfNearlyOneHue_AreOrderedFromDarkToLight()
    {
        var map = Cluster(TestImages.Make(800, 600, (x, y) =>
        {
            // Eight greens in no order of lightness, each a little yellower or bluer than the last.
            var field = x / 200 + 4 * (y / 300);
            var light = 60 + 24 * (field * 5 % 8);
            return (light / 4 + 3 * field, light, light / 3);
        }));

        var greens = map.Colours.Select(colour => (int)colour.Green).ToArray();
        Assert.Equal(greens.Order(), greens);
    }

    /// <summary>Eight things of unlike colours, three of them neutral, each with a sheen and grain, in no order.</summary>
    private static Mat Poster()
    {
        (int Blue, int Green, int Red)[] things =
            [(30, 40, 190), (60, 60, 60), (190, 90, 30), (225, 225, 225), (40, 190, 210), (140, 140, 140), (60, 130, 40), (140, 50, 120)];
        return TestImages.Decode(TestImages.Make(2_400, 1_800, (x, y) =>
        {
            var (blue, green, red) = things[x / 600 + 4 * (y / 900)];
            var sheen = x % 600 / 30 + (int)((uint)((x * 73856093 ^ y * 19349663) * 1540483477) >> 29);
            return (Math.Min(255, blue + sheen), Math.Min(255, green + sheen), Math.Min(255, red + sheen));
        }));
    }

    private static byte[] Change(Mat image, string change)
    {
        using var changed = new Mat();
        switch (change)
        {
            case "encoded at 75":
                return TestImages.Encode(image, ".jpg", new ImageEncodingParam(ImwriteFlags.JpegQuality, 75));
            case "three quarters the size":
                Cv2.Resize(image, changed, new Size(image.Width * 3 / 4, image.Height * 3 / 4), interpolation: InterpolationFlags.Area);
                break;
            default:
                // A stop doubles the light, which is 2 ^ (1 / 2.2) in encoded values.
                Cv2.Multiply(image, CvScalar.All(Math.Pow(2, (change.EndsWith("brighter", StringComparison.Ordinal) ? 1 / 6.0 : -1 / 6.0) / 2.2)), changed);
                break;
        }

        return TestImages.Encode(changed, ".jpg", new ImageEncodingParam(ImwriteFlags.JpegQuality, 95));
    }

    private static ClusterMap Cluster(byte[] bytes, int count = Count)
    {
        using var photo = PhotoNormaliser.Normalise(bytes);
        using var sketch = PencilSketch.Draw(photo);
        return PaletteClusterer.Cluster(photo, sketch, count);
    }

    private static double Agreement(ClusterMap first, ClusterMap second)
    {
        var same = 0;
        for (var y = 0; y < first.Height; y++)
        {
            for (var x = 0; x < first.Width; x++)
            {
                var (column, row) = (x * second.Width / first.Width, y * second.Height / first.Height);
                same += first.Labels.Span[y * first.Width + x] == second.Labels.Span[row * second.Width + column] ? 1 : 0;
            }
        }

        return same / (double)first.Labels.Length;
    }
}
