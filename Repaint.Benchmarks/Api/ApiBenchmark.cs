using System.Globalization;
using Repaint.Benchmarks.Measuring;

namespace Repaint.Benchmarks.Api;

/// <summary>What visitors who only wait cost, and whether a photograph costs more when the event is large.</summary>
internal sealed class ApiBenchmark : IMeasurement
{
    private const int Pollers = 10_000;
    private const int Streams = 10_000;

    public string Name => "api";

    public string Description => "Update polls per second, memory per update stream, cost per photograph as an event grows (needs wrk)";

    public async Task<bool> RunAsync(int rounds, TextWriter output, CancellationToken cancellationToken)
    {
        await using var stage = await ApiStage.StartAsync(cancellationToken);
        var table = new Table("What", "API", "peer", "ratio", "to reach");
        await using (var many = await stage.StartApiAsync(stage.ManyPlayed, cancellationToken))
        {
            var polls = await Alternating.RunAsync(rounds,
            [
                token => Polling.PollAsync(stage, many, stage.ManyPlayed, Pollers, token),
                token => Polling.DoNothingAsync(stage, many, token),
            ], cancellationToken);
            table.Add(
                $"G3: polls per second answered 304, {Pollers:N0} visitors, {Polling.Connections} connections; the peer is /alive of the same process",
                Format(polls[0].Median, "0"), Format(polls[1].Median, "0"), Format(polls[0].Median / polls[1].Median, "0.00"), "≥ 0.5");

            await using var few = await stage.StartApiAsync(stage.FewPlayed, cancellationToken);
            using var large = new Photographing(stage, many, stage.ManyPlayed);
            using var small = new Photographing(stage, few, stage.FewPlayed);
            var photographs = await Alternating.RunAsync(rounds, [large.MeasureAsync, small.MeasureAsync], cancellationToken);
            table.Add(
                $"S4: ms per photograph (API and database) with {ApiStage.ManyVisitors:N0} visitors; the peer has {ApiStage.FewVisitors}",
                Format(photographs[0].Median, "0.00"), Format(photographs[1].Median, "0.00"),
                Format(photographs[0].Median / photographs[1].Median, "0.00"), "≤ 1.2");
        }

        var streams = await Alternating.RunAsync(
            rounds, [token => Streaming.MeasureAsync(stage, stage.ManyPlayed, Streams, token)], cancellationToken);
        table.Add($"G4: KiB per open update stream, {Streams:N0} of them", Format(streams[0].Median, "0.0"), "", "", "≤ 16");
        table.Print(output);
        return true;
    }

    private static string Format(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
