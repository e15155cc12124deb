using System.Diagnostics;
using System.Globalization;

namespace Repaint.Benchmarks.Imaging;

/// <summary>scikit-learn, OpenCV, scikit-image, ImageMagick and pngquant, behind one Python process that stays warm.</summary>
internal sealed class Peers : IDisposable
{
    // Debian's own, which finds what apt installed, whatever else is on the path.
    private const string Python = "/usr/bin/python3";

    private readonly Process _process;
    private readonly string _folder;

    private Peers(Process process, string folder, string versions) => (_process, _folder, Versions) = (process, folder, versions);

    public static IReadOnlyList<string> All { get; } = ["felzenszwalb", "gmm", "kmeans", "opencv", "imagemagick", "pngquant"];

    public string Versions { get; }

    public static async Task<Peers> StartAsync(string folder, CancellationToken cancellation)
    {
        var script = Path.Combine(AppContext.BaseDirectory, "Imaging", "peers.py");
        var start = new ProcessStartInfo(Python, [script]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        var process = Process.Start(start) ?? throw new InvalidOperationException($"{Python} does not start.");
        return await process.StandardOutput.ReadLineAsync(cancellation) is { } versions
            ? new Peers(process, folder, versions)
            : throw new InvalidOperationException(
                "The peers are missing: apt-get install python3-sklearn python3-opencv python3-skimage imagemagick pngquant");
    }

    /// <summary>Labels of a photograph and how long it took.</summary>
    public async Task<(byte[] Labels, double Seconds)> RunAsync(
        string method, string photo, int width, int height, int count, CancellationToken cancellation)
    {
        var target = Path.Combine(_folder, "labels");
        await _process.StandardInput.WriteLineAsync(string.Join('\t', method, photo, width, height, count, target).AsMemory(), cancellation);
        await _process.StandardInput.FlushAsync(cancellation);
        var answer = await _process.StandardOutput.ReadLineAsync(cancellation)
            ?? throw new InvalidOperationException($"{method} failed on {Path.GetFileName(photo)}.");
        return (await File.ReadAllBytesAsync(target, cancellation), double.Parse(answer, CultureInfo.InvariantCulture));
    }

    public void Dispose()
    {
        _process.Kill();
        _process.Dispose();
    }
}
