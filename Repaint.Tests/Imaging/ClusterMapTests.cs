using OpenCvSharp;
using Repaint.Imaging;
using Repaint.Imaging.Palettes;

namespace Repaint.Tests.Imaging;

public sealed class ClusterMapTests
{
    [Theory]
    [InlineData(200, 150, 16)]
    [InlineData(201, 151, 2)]
    [InlineData(1, 1, 7)]
    public void FromPng_OfToPng_IsTheSameMap(int width, int height, int count)
    {
        var map = Map(width, height, count);

        var read = ClusterMap.FromPng(map.ToPng());

        Assert.Equal((map.Width, map.Height), (read.Width, read.Height));
        Assert.Equal(map.Labels, read.Labels);
        Assert.Equal(map.Colours, read.Colours);
    }

    [Fact]
    public void ToPng_OtherDecoder_SeesThePaletteColours()
    {
        var map = Map(64, 48, 5);

        using var image = Cv2.ImDecode(map.ToPng(), ImreadModes.Color);

        Assert.Equal((map.Width, map.Height), (image.Width, image.Height));
        for (var y = 0; y < map.Height; y++)
        {
            for (var x = 0; x < map.Width; x++)
            {
                var pixel = image.At<Vec3b>(y, x);
                Assert.Equal(map.Colours[map.Labels.Span[y * map.Width + x]], new PaletteColour(pixel.Item2, pixel.Item1, pixel.Item0));
            }
        }
    }

    [Fact]
    public void FromPng_Damaged_IsCorrupt()
    {
        var png = Map(64, 48, 5).ToPng();
        for (var at = 0; at < png.Length; at++)
        {
            var damaged = (byte[])png.Clone();
            damaged[at] ^= 0x15;
            Assert.Equal(RejectionReason.Corrupt, Assert.Throws<ImageRejectedException>(() => ClusterMap.FromPng(damaged)).Reason);
        }

        for (var length = 0; length < png.Length - 12; length++)
        {
            Assert.Throws<ImageRejectedException>(() => ClusterMap.FromPng(png.AsSpan(0, length)));
        }
    }

    private static ClusterMap Map(int width, int height, int count)
    {
        var random = new Random(width);
        var labels = new byte[width * height];
        for (var at = 0; at < labels.Length; at++)
        {
            labels[at] = (byte)random.Next(count);
        }

        return new ClusterMap(width, height, labels, [.. Enumerable.Range(0, count).Select(id => new PaletteColour((byte)(id * 16), (byte)(255 - id), 7))]);
    }
}
