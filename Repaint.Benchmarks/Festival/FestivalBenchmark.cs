using System.Diagnostics;
using System.Globalization;
using OpenCvSharp;
using Repaint.Benchmarks.Imaging;
using Repaint.Benchmarks.Measuring;

namespace Repaint.Benchmarks.Festival;

/// <summary>What the whole system adds to the bare work on photographs: for one visitor, and for a crowd.</summary>
internal sealed class FestivalBenchmark : IMeasurement
{
    private const int Crowd = 500;
    private const int BareCrowd = 48;
    private const int WarmUps = 20;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(40);

    public string Name => "festival";

    public string Description => $"From photograph to painting, for one visitor and for {Crowd} at once, beside the bare imaging";

    public async Task<bool> RunAsync(int rounds, TextWriter output, CancellationToken cancellationToken)
    {
        if (BenchmarkPhotos.Missing() is { } missing)
        {
            await output.WriteLineAsync(missing);
            return false;
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        Cv2.SetNumThreads(1);
        var photos = await Task.WhenAll(BenchmarkPhotos.Crowd.Select(photo => File.ReadAllBytesAsync(photo.Path, limit.Token)));
        await using var stage = await FestivalStage.StartAsync(output, limit.Token);
        using var bare = new BareImaging();
        var table = new Table("What", "whole system", "bare imaging", "ratio", "to reach");
        await OneAsync(stage, bare, await File.ReadAllBytesAsync(BenchmarkPhotos.Crowd[0].Path, limit.Token), rounds, table, limit.Token);
        var shares = new Table("Processor time of the crowd", "ms per photograph");
        await CrowdAsync(stage, bare, photos, table, shares, limit.Token);
        table.Print(output);
        shares.Print(output);
        return true;
    }

    private static async Task OneAsync(
        FestivalStage stage, BareImaging bare, byte[] photo, int rounds, Table table, CancellationToken cancellation)
    {
        // A system that has just been started compiles as it goes; one that has run for an hour does not.
        Func<CancellationToken, Task<double>>[] both =
        [
            async token =>
            {
                using var visitor = (await stage.InviteAsync(1, token))[0];
                var ready = await visitor.WaitByStreamAsync(token);
                var began = Stopwatch.GetTimestamp();
                await stage.Staff.PhotographAsync(stage.EventId, visitor.Id, photo, token);
                await ready;
                await visitor.FetchAsync(token);
                return Stopwatch.GetElapsedTime(began).TotalMilliseconds;
            },
            _ =>
            {
                var began = Stopwatch.GetTimestamp();
                bare.Run(photo);
                return Task.FromResult(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            },
        ];
        for (var round = 0; round < WarmUps; round++)
        {
            await both[0](cancellation);
            await both[1](cancellation);
        }

        var figures = await Alternating.RunAsync(rounds, both, cancellation);
        table.Add(
            "S1: from the upload to the painting on the visitor's screen, idle, p50, ms",
            Format(figures[0].Median, "0"), Format(figures[1].Median, "0"), Format(figures[0].Median / figures[1].Median, "0.00"), "≤ 2");
    }

    /// <summary>The bare work before and after the crowd, so that a machine that slows down slows both.</summary>
    private static async Task CrowdAsync(
        FestivalStage stage, BareImaging bare, byte[][] photos, Table table, Table shares, CancellationToken cancellation)
    {
        var visitors = await stage.InviteAsync(Crowd, cancellation);
        var before = Bare();
        var idle = ProcessorTimes.Read(stage.Resources);
        var began = Stopwatch.GetTimestamp();
        await FestivalCrowd.PhotographAsync(stage, visitors, photos, cancellation);
        await FestivalCrowd.WaitAsync(visitors, cancellation);
        var system = Crowd / Stopwatch.GetElapsedTime(began).TotalMinutes;
        foreach (var (resource, time) in ProcessorTimes.Read(stage.Resources).Since(idle))
        {
            shares.Add(resource, Format(time.TotalMilliseconds / Crowd, "0.0"));
        }

        var alone = (before + Bare()) / 2;
        table.Add($"S2: {Crowd} photographs at once, per minute", Format(system, "0"), Format(alone, "0"), Format(system / alone, "0.00"), "≥ 0.8");
        foreach (var visitor in visitors)
        {
            visitor.Dispose();
        }

        double Bare()
        {
            var started = Stopwatch.GetTimestamp();
            Parallel.For(
                0, BareCrowd, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellation },
                index => bare.Run(photos[index % photos.Length]));
            return BareCrowd / Stopwatch.GetElapsedTime(started).TotalMinutes;
        }
    }

    private static string Format(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
