using System.Globalization;
using OpenCvSharp;
using Repaint.Benchmarks.Measuring;
using Repaint.Imaging.Normalising;
using Repaint.Imaging.Palettes;
using Repaint.Imaging.Sketching;

namespace Repaint.Benchmarks.Imaging;

/// <summary>How many pixels keep their palette's index when a photograph comes again, changed a little.</summary>
internal sealed class PaletteOrderBenchmark : IMeasurement
{
    private const int Palettes = 8;
    private const double LongSide = 1600;

    private static readonly (string Name, double Scale, double Gain, int Quality)[] Changes =
    [
        ("encoded at 75", 1, 1, 75),
        ("three quarters the size", 0.75, 1, 95),
        ("a sixth of a stop brighter", 1, Math.Pow(2, 1 / 6.0 / 2.2), 95),
        ("a sixth of a stop darker", 1, Math.Pow(2, -1 / 6.0 / 2.2), 95),
    ];

    public string Name => "palette-order";

    public string Description => "How many pixels keep their palette's index when a photograph is encoded again, resized, brightened";

    public async Task<bool> RunAsync(int rounds, TextWriter output, CancellationToken cancellationToken)
    {
        if (BenchmarkPhotos.Missing() is { } missing)
        {
            await output.WriteLineAsync(missing);
            return false;
        }

        foreach (var part in BenchmarkPhotos.All.Concat(BenchmarkPhotos.Small).GroupBy(photo => photo.Part))
        {
            Measure(part.Key, [.. part], cancellationToken).Print(output);
        }

        return true;
    }

    private static Table Measure(string part, IReadOnlyList<BenchmarkPhoto> photos, CancellationToken cancellationToken)
    {
        var table = new Table([$"Keep their index; at best could, % ({part})", .. Changes.Select(change => change.Name)]);
        var all = Changes.Select(_ => (Kept: new List<double>(), Best: new List<double>())).ToArray();
        foreach (var photo in photos)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var whole = Cv2.ImRead(photo.Path);
            var before = TakeApart(whole, LongSide / Math.Max(whole.Width, whole.Height), 1, 95);
            var cells = new List<string> { photo.Name };
            for (var index = 0; index < Changes.Length; index++)
            {
                var (_, scale, gain, quality) = Changes[index];
                var after = TakeApart(whole, scale * LongSide / Math.Max(whole.Width, whole.Height), gain, quality);
                var (kept, best) = Compare(before, after);
                all[index].Kept.Add(kept);
                all[index].Best.Add(best);
                cells.Add(Format(kept, best));
            }

            table.Add([.. cells]);
        }

        table.Add(["mean", .. all.Select(change => Format(change.Kept.Average(), change.Best.Average()))]);
        var shares = all.SelectMany(change => change.Kept).ToArray();
        table.Add([string.Create(CultureInfo.InvariantCulture,
            $"of {shares.Length} pairs, three quarters or more kept: {shares.Count(share => share >= 0.75)}, less than 40 %: {shares.Count(share => share < 0.4)}"),
            .. Changes.Select(_ => "")]);
        return table;
    }

    private static ClusterMap TakeApart(Mat whole, double scale, double gain, int quality)
    {
        using var image = new Mat();
        Cv2.Resize(whole, image, default, scale, scale, InterpolationFlags.Area);
        Cv2.Multiply(image, Scalar.All(gain), image);
        Cv2.ImEncode(".jpg", image, out var jpeg, new ImageEncodingParam(ImwriteFlags.JpegQuality, quality));
        using var photo = PhotoNormaliser.Normalise(jpeg);
        using var sketch = PencilSketch.Draw(photo);
        return PaletteClusterer.Cluster(photo, sketch, Palettes);
    }

    /// <summary>Shares of the pixels: with the same index; with that which most of its palette's pixels have.</summary>
    private static (double Kept, double Best) Compare(ClusterMap before, ClusterMap after)
    {
        var pairs = new int[Palettes, Palettes];
        for (var y = 0; y < before.Height; y++)
        {
            for (var x = 0; x < before.Width; x++)
            {
                var there = y * after.Height / before.Height * after.Width + x * after.Width / before.Width;
                pairs[before.Labels.Span[y * before.Width + x], after.Labels.Span[there]]++;
            }
        }

        var indices = Enumerable.Range(0, Palettes).ToArray();
        double pixels = before.Labels.Length;
        return (indices.Sum(index => pairs[index, index]) / pixels, indices.Sum(index => indices.Max(other => pairs[index, other])) / pixels);
    }

    private static string Format(double kept, double best) =>
        string.Create(CultureInfo.InvariantCulture, $"{100 * kept:0}; {100 * best:0}");
}
