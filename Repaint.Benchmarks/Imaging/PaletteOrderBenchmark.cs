using System.Globalization;
using OpenCvSharp;
using Repaint.Benchmarks.Measuring;
using Repaint.Imaging.Normalising;
using Repaint.Imaging.Palettes;
using Repaint.Imaging.Sketching;

namespace Repaint.Benchmarks.Imaging;

/// <summary>How many pixels keep their palette's index, and how many pairs of them their order, when a photograph comes again, changed a little.</summary>
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
        var table = new Table([$"Keep their index; at best could; pairs in order, % ({part})", .. Changes.Select(change => change.Name)]);
        var all = Changes.Select(_ => new List<Agreement>()).ToArray();
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
                var agreement = Compare(before, after);
                all[index].Add(agreement);
                cells.Add(Format([agreement]));
            }

            table.Add([.. cells]);
        }

        table.Add(["mean", .. all.Select(Format)]);
        var shares = all.SelectMany(change => change).Select(agreement => agreement.Kept).ToArray();
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

    private static Agreement Compare(ClusterMap before, ClusterMap after)
    {
        var pixels = new long[Palettes, Palettes];
        for (var y = 0; y < before.Height; y++)
        {
            for (var x = 0; x < before.Width; x++)
            {
                var there = y * after.Height / before.Height * after.Width + x * after.Width / before.Width;
                pixels[before.Labels.Span[y * before.Width + x], after.Labels.Span[there]]++;
            }
        }

        var indices = Enumerable.Range(0, Palettes).ToArray();
        double all = before.Labels.Length;
        return new Agreement(
            indices.Sum(index => pixels[index, index]) / all,
            indices.Sum(index => indices.Max(other => pixels[index, other])) / all,
            PairsInOrder(pixels));
    }

    private static double PairsInOrder(long[,] pixels)
    {
        var (same, turned) = (0.0, 0.0);
        for (var first = 0; first < Palettes; first++)
        {
            for (var second = first + 1; second < Palettes; second++)
            {
                for (var firstThere = 0; firstThere < Palettes; firstThere++)
                {
                    for (var secondThere = 0; secondThere < Palettes; secondThere++)
                    {
                        var pairs = (double)pixels[first, firstThere] * pixels[second, secondThere];
                        same += firstThere < secondThere ? pairs : 0;
                        turned += firstThere > secondThere ? pairs : 0;
                    }
                }
            }
        }

        return same / (same + turned);
    }

    private static string Format(IReadOnlyCollection<Agreement> agreements) => string.Create(CultureInfo.InvariantCulture,
        $"{100 * agreements.Average(agreement => agreement.Kept):0}; {100 * agreements.Average(agreement => agreement.Best):0}; {100 * agreements.Average(agreement => agreement.InOrder):0}");

    /// <param name="Kept">Share of the pixels that have the same index again.</param>
    /// <param name="Best">Share that would, were every palette named like the one that most of its pixels went to.</param>
    /// <param name="InOrder">Of the pairs of pixels that are of two palettes both times: share whose palettes come in the same order.</param>
    private sealed record Agreement(double Kept, double Best, double InOrder);
}
