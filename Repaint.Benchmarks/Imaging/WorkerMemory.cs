using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Repaint.Clustering;
using Repaint.Clustering.Decoding;
using Repaint.Imaging;
using Repaint.Imaging.Inspection;
using Repaint.Imaging.Normalising;

namespace Repaint.Benchmarks.Imaging;

/// <summary>Peak memory of a process that takes photographs apart as the worker does, two at once, in a process of its own.</summary>
internal static class WorkerMemory
{
    /// <summary>What this program is called with to be that process.</summary>
    public const string Verb = "imaging-memory";

    private const int AtOnce = 2;
    private const int PhotosEach = 4;
    private const int Palettes = 12;

    /// <summary>Starts the process; its peak in megabytes.</summary>
    public static async Task<double> MeasureAsync(string photo, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(WorkerMemory).Assembly.Location, Verb, photo]) { RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var answer = await process.StandardOutput.ReadToEndAsync(cancellation);
        await process.WaitForExitAsync(cancellation);
        return double.Parse(answer, CultureInfo.InvariantCulture);
    }

    /// <summary>Does the work and prints the peak resident set (VmHWM).</summary>
    public static async Task RunAsync(string path)
    {
        var photo = await File.ReadAllBytesAsync(path);
        await using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        using var telemetry = new ClusteringTelemetry(services.GetRequiredService<IMeterFactory>(), TimeProvider.System);
        var budget = new MemoryBudget(Options.Create(new ClusteringOptions()));
        await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => Task.Run(async () =>
        {
            for (var number = 0; number < PhotosEach; number++)
            {
                var upload = (byte[])photo.Clone();
                var need = PhotoNormaliser.EstimateMemory(ImageInspector.Inspect(upload, ImageLimits.Default));
                using var reserved = await budget.ReserveAsync(need, CancellationToken.None);
                PhotoParts.Make(upload, Palettes, telemetry);
            }
        })));
        var peak = File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
        Console.WriteLine((double.Parse(peak.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) / 1024)
            .ToString(CultureInfo.InvariantCulture));
    }
}
