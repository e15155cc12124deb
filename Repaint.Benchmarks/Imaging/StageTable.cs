using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Repaint.Benchmarks.Measuring;
using Repaint.Clustering;

namespace Repaint.Benchmarks.Imaging;

/// <summary>Where the worker's time goes, from the spans that it makes anyway.</summary>
internal static class StageTable
{
    /// <summary>Takes each photograph apart again and again, in turn, and prints the best time of each stage: whatever else the machine does only adds.</summary>
    public static async Task RunAsync(
        IReadOnlyList<(string Name, string Path)> photos, int palettes, int rounds, TextWriter output, CancellationToken cancellation)
    {
        await using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        using var telemetry = new ClusteringTelemetry(services.GetRequiredService<IMeterFactory>(), TimeProvider.System);
        var stages = new List<string>();
        var times = new Dictionary<(string Photo, string Stage), List<double>>();
        var current = "";
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name.StartsWith("Repaint.", StringComparison.Ordinal),
            Sample = (ref _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity => Note(activity.OperationName, activity.Duration),
        };
        ActivitySource.AddActivityListener(listener);
        var uploads = photos.Select(photo => (photo.Name, Bytes: File.ReadAllBytes(photo.Path))).ToArray();
        await Alternating.RunAsync(rounds, [.. uploads.Select(upload => (Func<CancellationToken, Task<double>>)(_ =>
        {
            current = upload.Name;
            var begun = Stopwatch.GetTimestamp();
            PhotoParts.Make(upload.Bytes, palettes, telemetry);
            Note("all", Stopwatch.GetElapsedTime(begun));
            return Task.FromResult(0.0);
        }))], cancellation);

        var table = new Table(["Stage, ms, best of all rounds", .. photos.Select(photo => $"12 MP {photo.Name}")]);
        foreach (var stage in stages)
        {
            table.Add([stage, .. photos.Select(photo => times[(photo.Name, stage)].Min().ToString("0.0", CultureInfo.InvariantCulture))]);
        }

        table.Print(output);

        void Note(string stage, TimeSpan time)
        {
            if (!stages.Contains(stage))
            {
                stages.Add(stage);
            }

            times.TryAdd((current, stage), []);
            times[(current, stage)].Add(time.TotalMilliseconds);
        }
    }
}
