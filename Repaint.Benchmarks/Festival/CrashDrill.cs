using System.Diagnostics;
using System.Globalization;
using Repaint.Benchmarks.Imaging;
using Repaint.Benchmarks.Measuring;
using Repaint.Contracts;
using Repaint.Local.Processes;
using Repaint.Local.Topology;

namespace Repaint.Benchmarks.Festival;

/// <summary>Five hundred photographs while one process after the other is killed: every visitor gets the painting, none a second photograph.</summary>
internal sealed class CrashDrill : IMeasurement
{
    private const int Crowd = 500;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(40);

    // Azurite, unlike Azure, has not stored what it has acknowledged until seconds later: it is stopped in order.
    private static readonly (string Resource, Signal Signal)[] Victims =
    [
        (ResourceNames.Messaging, Signal.Kill),
        (ResourceNames.ClusteringWorker, Signal.Kill),
        (SystemTopology.Postgres, Signal.Kill),
        (ResourceNames.ImageGateway, Signal.Kill),
        (ResourceNames.GenerationWorker, Signal.Kill),
        (ResourceNames.Api, Signal.Kill),
        (ResourceNames.Blobs, Signal.Terminate),
    ];

    public string Name => "crashes";

    public string Description => $"{Crowd} photographs at once, every {Pause.TotalSeconds:0} s another process killed: all painted, none twice";

    public async Task<bool> RunAsync(int rounds, TextWriter output, CancellationToken cancellationToken)
    {
        if (BenchmarkPhotos.Missing() is { } missing)
        {
            await output.WriteLineAsync(missing);
            return false;
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        var photos = await Task.WhenAll(BenchmarkPhotos.Crowd.Select(photo => File.ReadAllBytesAsync(photo.Path, limit.Token)));
        await using var stage = await FestivalStage.StartAsync(output, limit.Token);
        var visitors = await stage.InviteAsync(Crowd, limit.Token);
        var began = Stopwatch.GetTimestamp();
        using var over = CancellationTokenSource.CreateLinkedTokenSource(limit.Token);
        var killing = KillAsync(stage, over.Token);
        await FestivalCrowd.PhotographAsync(stage, visitors, photos, limit.Token);
        await FestivalCrowd.WaitAsync(visitors, limit.Token);
        var took = Stopwatch.GetElapsedTime(began);
        await over.CancelAsync();
        var kills = await killing;

        var painted = 0;
        var once = 0;
        await FestivalCrowd.ForEachAsync(4, visitors.Count, async (index, cancellation) =>
        {
            using var visitor = visitors[index];
            if (await visitor.FetchAsync(cancellation) is [0xff, 0xd8, .., 0xff, 0xd9])
            {
                Interlocked.Increment(ref painted);
            }

            if (await visitor.CountPhotographsAsync(cancellation) == 1)
            {
                Interlocked.Increment(ref once);
            }
        }, limit.Token);

        var table = new Table("Killed", "times");
        foreach (var (resource, times) in kills)
        {
            table.Add(resource, times.ToString(CultureInfo.InvariantCulture));
        }

        table.Print(output);
        await output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"S3: {painted} of {Crowd} painted and fetched, {once} with exactly one photograph, in {took.TotalMinutes:0.0} minutes."));
        return painted == Crowd && once == Crowd;
    }

    private static async Task<IReadOnlyDictionary<string, int>> KillAsync(FestivalStage stage, CancellationToken cancellation)
    {
        var kills = Victims.ToDictionary(victim => victim.Resource, _ => 0);
        for (var turn = 0; !cancellation.IsCancellationRequested; turn++)
        {
            await Task.Delay(Pause, TimeProvider.System, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            var (resource, signal) = Victims[turn % Victims.Length];
            if (!cancellation.IsCancellationRequested && stage.Crash(resource, signal))
            {
                kills[resource]++;
            }
        }

        return kills;
    }
}
