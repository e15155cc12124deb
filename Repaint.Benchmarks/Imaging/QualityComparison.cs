using System.Globalization;
using OpenCvSharp;
using Repaint.Benchmarks.Measuring;
using Repaint.Imaging.Normalising;
using Repaint.Imaging.Palettes;
using Repaint.Imaging.Sketching;

namespace Repaint.Benchmarks.Imaging;

/// <summary>I5 and I6: the same measure for Re:paint's maps and the peers'.</summary>
internal sealed class QualityComparison(Peers peers, int palettes)
{
    private const string Own = "Re:paint";

    public async Task RunAsync(TextWriter output, CancellationToken cancellation)
    {
        var scores = new Dictionary<(string Method, bool Tuned), List<QualityScore>>();
        var photos = new Table("I5, I6: Q per photograph", "part", Own, "worst palette", "felzenszwalb", "gmm");
        foreach (var photo in BenchmarkPhotos.All)
        {
            var found = await ScoreAsync(photo, cancellation);
            foreach (var (method, score) in found)
            {
                var key = (method, photo.Tuned);
                scores.TryAdd(key, []);
                scores[key].Add(score);
            }

            photos.Add(photo.Name, photo.Part, Format(found[Own].Q), Format(found[Own].LeastReveal, "0.00"),
                Format(found["felzenszwalb"].Q), Format(found["gmm"].Q));
        }

        photos.Print(output);
        foreach (var tuned in (bool[])[false, true])
        {
            var table = new Table(tuned ? "Means over the photographs tuned on" : "Means over the photographs reported on", "Q", "C", "D", "S", "B", "E", "R", "worst Rmin");
            foreach (var method in Peers.All.Prepend(Own))
            {
                var all = scores[(method, tuned)];
                double[] factors =
                [
                    all.Average(score => score.C), all.Average(score => score.D), all.Average(score => score.S), all.Average(score => score.B),
                    all.Average(score => score.E), all.Average(score => score.R), all.Min(score => score.LeastReveal),
                ];
                table.Add([method, Format(all.Average(score => score.Q)), .. factors.Select(factor => Format(factor, "0.00"))]);
            }

            table.Print(output);
        }
    }

    private async Task<Dictionary<string, QualityScore>> ScoreAsync(BenchmarkPhoto photo, CancellationToken cancellation)
    {
        var bytes = await File.ReadAllBytesAsync(photo.Path, cancellation);
        using var normalised = PhotoNormaliser.Normalise(bytes);
        using var sketch = PencilSketch.Draw(normalised);
        var map = PaletteClusterer.Cluster(normalised, sketch, palettes);
        var (view, drawn) = (normalised.EncodeView(), sketch.Encode());
        using var after = Lab(view, map);
        using var before = Lab(drawn, map);
        var scores = new Dictionary<string, QualityScore> { [Own] = Quality.Of(after, before, map.Labels.ToArray(), palettes) };
        foreach (var peer in Peers.All)
        {
            var (labels, _) = await peers.RunAsync(peer, photo.Path, map.Width, map.Height, palettes, cancellation);
            scores[peer] = Quality.Of(after, before, labels, palettes);
        }

        return scores;
    }

    private static Mat Lab(byte[] jpeg, ClusterMap map)
    {
        using var image = Cv2.ImDecode(jpeg, ImreadModes.Color);
        using var small = new Mat();
        Cv2.Resize(image, small, new Size(map.Width, map.Height), interpolation: InterpolationFlags.Area);
        return Quality.ToLab(small);
    }

    private static string Format(double value, string format = "0.0") => value.ToString(format, CultureInfo.InvariantCulture);
}
