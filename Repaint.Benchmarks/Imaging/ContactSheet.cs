using OpenCvSharp;
using Repaint.Imaging.Painting;
using Repaint.Imaging.Palettes;

namespace Repaint.Benchmarks.Imaging;

/// <summary>A photograph on its way from sketch to picture, small: nothing, a quarter, half, three quarters, all, and the map.</summary>
internal static class ContactSheet
{
    private const int TileWidth = 240;

    public static void Write(string path, byte[] view, byte[] sketch, ClusterMap map)
    {
        var count = map.Colours.Count;
        var tiles = new List<Mat>();
        try
        {
            foreach (var share in (double[])[0, 0.25, 0.5, 0.75, 1])
            {
                // Not in order, so that not only neutrals come first; no multiple of five palettes is asked for here.
                var held = Enumerable.Range(0, count).Where(step => step < share * count)
                    .Aggregate(0, (set, step) => set | 1 << (step * 5 % count));
                using var painting = Cv2.ImDecode(Painter.PaintForScreen(view, sketch, map, (ushort)held).View, ImreadModes.Color);
                tiles.Add(Shrink(painting));
            }

            using var colours = Draw(map);
            tiles.Add(Shrink(colours));
            using var sheet = new Mat();
            Cv2.HConcat(tiles, sheet);
            Cv2.ImWrite(path, sheet, new ImageEncodingParam(ImwriteFlags.JpegQuality, 75));
        }
        finally
        {
            tiles.ForEach(tile => tile.Dispose());
        }

        Mat Shrink(Mat image)
        {
            var tile = new Mat();
            Cv2.Resize(image, tile, new Size(TileWidth, TileWidth * map.Height / map.Width), interpolation: InterpolationFlags.Area);
            return tile;
        }
    }

    private static Mat Draw(ClusterMap map)
    {
        var image = new Mat(map.Height, map.Width, MatType.CV_8UC3);
        for (var y = 0; y < map.Height; y++)
        {
            var row = image.RowSpan<Vec3b>(y);
            for (var x = 0; x < row.Length; x++)
            {
                var colour = map.Colours[map.Labels.Span[y * map.Width + x]];
                row[x] = new Vec3b(colour.Blue, colour.Green, colour.Red);
            }
        }

        return image;
    }
}
