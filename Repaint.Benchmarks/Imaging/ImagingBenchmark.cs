using System.Globalization;
using OpenCvSharp;
using Repaint.Benchmarks.Measuring;
using Repaint.Imaging.Normalising;
using Repaint.Imaging.Painting;
using Repaint.Imaging.Palettes;
using Repaint.Imaging.Sketching;

namespace Repaint.Benchmarks.Imaging;

/// <summary>Speed, memory and quality of taking photographs apart and painting them, beside five programs that do the like.</summary>
internal sealed class ImagingBenchmark : IMeasurement
{
    private const int Palettes = 12;
    private const ushort Half = 0b0101_0101_0101;

    // Until the runtime has compiled everything for the second time; a worker lives through thousands.
    private const int WarmUps = 40;

    public string Name => "imaging";

    public string Description => "Clustering and painting against scikit-learn, OpenCV, scikit-image, ImageMagick, pngquant (all from apt)";

    public async Task<bool> RunAsync(int rounds, TextWriter output, CancellationToken cancellationToken)
    {
        if (BenchmarkPhotos.Missing() is { } missing)
        {
            await output.WriteLineAsync(missing);
            return false;
        }

        Cv2.SetNumThreads(1);
        var folder = Directory.CreateTempSubdirectory("repaint-bench-imaging-").FullName;
        using var peers = await Peers.StartAsync(folder, cancellationToken);
        await output.WriteLineAsync($"{peers.Versions}\nOpenCvSharp {typeof(Cv2).Assembly.GetName().Version}; {Palettes} palettes; one thread each, ms of processor time\n");
        var table = new Table("What", "Re:paint", "against", "ratio", "to reach");
        var progressive = Path.Combine(BenchmarkPhotos.Folder, BenchmarkPhotos.Twelve);
        var baseline = Path.Combine(folder, "baseline.jpg");
        using (var photo = PhotoNormaliser.Normalise(await File.ReadAllBytesAsync(progressive, cancellationToken)))
        {
            await File.WriteAllBytesAsync(baseline, photo.Original.ToArray(), cancellationToken);
        }

        await ClusteringAsync("I1: 12 MP baseline JPEG into all its parts / one full decode, ms", baseline, table, rounds, cancellationToken);
        await ClusteringAsync("I1: the same, progressive", progressive, table, rounds, cancellationToken);
        await RivalsAsync(baseline, peers, table, rounds, cancellationToken);
        await PaintingAsync(baseline, table, rounds, cancellationToken);
        await MemoryAsync(folder, table, rounds, cancellationToken);
        table.Print(output);
        await StageTable.RunAsync([("baseline", baseline), ("progressive", progressive)], Palettes, 2 * rounds, output, cancellationToken);
        await new QualityComparison(peers, Palettes).RunAsync(output, cancellationToken);
        return true;
    }

    private static async Task ClusteringAsync(string what, string path, Table table, int rounds, CancellationToken cancellation)
    {
        var bytes = await File.ReadAllBytesAsync(path, cancellation);
        WarmUp(bytes);
        var figures = await Alternating.RunAsync(rounds, [Timed(() => TakeApart(bytes)), Timed(() => Decode(bytes))], cancellation);
        Add(table, what, figures[0].Median, figures[1].Median, "≤ 4");
    }

    /// <summary>A baseline photograph keeps its own bytes: nothing is normalised, as the rivals normalise nothing.</summary>
    private static async Task RivalsAsync(string path, Peers peers, Table table, int rounds, CancellationToken cancellation)
    {
        var bytes = await File.ReadAllBytesAsync(path, cancellation);
        var map = TakeApart(bytes);
        WarmUp(bytes);
        var rivals = (string[])["gmm_every_pixel", "kmeans"];
        var figures = await Alternating.RunAsync(rounds,
        [
            Timed(() => TakeApart(bytes)),
            .. rivals.Select(rival => (Func<CancellationToken, Task<double>>)(async token =>
                1000 * (await peers.RunAsync(rival, path, map.Width, map.Height, Palettes, token)).Seconds)),
        ], cancellation);
        Add(table, "I2: scikit-learn's mixture on HSV + xy, every pixel / Re:paint, ms", figures[0].Median, figures[1].Median, "≥ 90", inverse: true);
        Add(table, "I3: scikit-learn's k-means on Lab + xy at 1024 px / Re:paint, ms", figures[0].Median, figures[2].Median, "> 1", inverse: true);
    }

    private static async Task PaintingAsync(string path, Table table, int rounds, CancellationToken cancellation)
    {
        using var photo = PhotoNormaliser.Normalise(await File.ReadAllBytesAsync(path, cancellation));
        using var sketch = PencilSketch.Draw(photo);
        var clusters = PaletteClusterer.Cluster(photo, sketch, Palettes).ToPng();
        var (view, drawn) = (photo.EncodeView(), sketch.Encode());
        using var painting = Cv2.ImDecode(Painter.PaintForScreen(view, drawn, ClusterMap.FromPng(clusters), Half).View, ImreadModes.Color);
        var figures = await Alternating.RunAsync(4 * rounds,
        [
            Timed(() => Painter.PaintForScreen(view, drawn, ClusterMap.FromPng(clusters), Half)),
            Timed(() =>
            {
                ClusterMap.FromPng(clusters);
                using var first = Cv2.ImDecode(view, ImreadModes.Color);
                using var second = Cv2.ImDecode(drawn, ImreadModes.Color);
                Cv2.ImEncode(".jpg", painting, out var encoded, new ImageEncodingParam(ImwriteFlags.JpegQuality, 90));
                return encoded;
            }),
        ], cancellation);
        Add(table, "I4: paint a 1600 px view and its thumbnail / decode the parts, encode the view, ms", figures[0].Median, figures[1].Median, "≤ 1.5");
    }

    private static async Task MemoryAsync(string folder, Table table, int rounds, CancellationToken cancellation)
    {
        // No photograph that apt installs is as large: the largest, enlarged.
        var (baseline, progressive) = (Path.Combine(folder, "24-baseline.jpg"), Path.Combine(folder, "24-progressive.jpg"));
        using (var image = Cv2.ImRead(Path.Combine(BenchmarkPhotos.Folder, BenchmarkPhotos.Largest)))
        {
            var scale = Math.Sqrt(24e6 / image.Total());
            Cv2.Resize(image, image, default, scale, scale, InterpolationFlags.Cubic);
            Cv2.ImWrite(baseline, image);
            Cv2.ImWrite(progressive, image, new ImageEncodingParam(ImwriteFlags.JpegProgressive, 1));
        }

        foreach (var (what, path) in new[] { ("baseline", baseline), ("progressive", progressive) })
        {
            var figures = await Alternating.RunAsync(rounds, [token => WorkerMemory.MeasureAsync(path, token)], cancellation);
            table.Add($"I7: peak memory, 24 MP photos ({what}), two at once, MB", Format(figures[0].Median, "0"), "–", "–", "≤ 450");
        }
    }

    private static void Add(Table table, string what, double own, double peer, string target, bool inverse = false) =>
        table.Add(what, Format(own, "0.0"), Format(peer, "0.0"), Format(inverse ? peer / own : own / peer, "0.00"), target);

    private static ClusterMap TakeApart(byte[] bytes)
    {
        using var photo = PhotoNormaliser.Normalise(bytes);
        using var sketch = PencilSketch.Draw(photo);
        var map = PaletteClusterer.Cluster(photo, sketch, Palettes);
        sketch.Encode();
        map.ToPng();
        return map;
    }

    private static void WarmUp(byte[] bytes)
    {
        for (var turn = 0; turn < WarmUps; turn++)
        {
            TakeApart(bytes);
        }
    }

    private static int Decode(byte[] bytes)
    {
        using var image = Cv2.ImDecode(bytes, ImreadModes.Color | ImreadModes.IgnoreOrientation);
        return image.Width;
    }

    // Processor time, as of the peers: all work on one thread, and what else the machine does would be counted otherwise.
    private static Func<CancellationToken, Task<double>> Timed<T>(Func<T> work) => _ =>
    {
        var begun = Environment.CpuUsage.TotalTime;
        work();
        return Task.FromResult((Environment.CpuUsage.TotalTime - begun).TotalMilliseconds);
    };

    private static string Format(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
