using System.Globalization;
using Repaint.Benchmarks.Measuring;

namespace Repaint.Benchmarks.Messaging;

/// <summary>Our client beside Microsoft's, both on the local bus: what the bus can do, and what each makes of it.</summary>
internal sealed class MessagingBenchmark : IMeasurement
{
    private const int Messages = 10_000;
    private const int Outstanding = 500;
    private const int Concurrency = 64;
    private const int IdleMessages = 300;

    private static readonly TimeSpan HalfLoadDuration = TimeSpan.FromSeconds(3);

    public string Name => "messaging";

    public string Description => "Durable sends, end-to-end messages and latency, against Microsoft's npm client on the same bus";

    public async Task<bool> RunAsync(int rounds, TextWriter output, CancellationToken cancellationToken)
    {
        await using var bus = await BusStage.StartAsync(cancellationToken);
        var connection = bus.ConnectionString;
        var peer = await Peer.InstallAsync(connection, output, cancellationToken);
        await output.WriteLineAsync($"{peer.Version}; messages of about 300 bytes, one send each");
        var table = new Table("What", "Repaint.Messaging", "npm client", "ratio", "to reach");

        var sends = await Alternating.RunAsync(rounds,
        [
            async token => await EmptiedAsync(bus, await OurClient.SendAsync(connection, Messages, Outstanding, token)),
            async token => await EmptiedAsync(bus, (await peer.RunAsync(token, "send", Messages, Outstanding))[0]),
        ], cancellationToken);
        Add(table, $"Durable sends a second, {Outstanding} outstanding", sends, "0", "≥ 10000");

        var flows = await Alternating.RunAsync(rounds,
        [
            token => OurClient.FlowAsync(connection, Messages, Outstanding, Concurrency, token),
            async token => (await peer.RunAsync(token, "flow", Messages, Outstanding, Concurrency))[0],
        ], cancellationToken);
        Add(table, $"Messages a second from sender to handler, {Concurrency} at once", flows, "0", "");

        await LatencyAsync(table, "idle", IdleMessages, _ => 0, "≤ 5");
        await LatencyAsync(table, "half load", 0, client => flows[client].Median / 2, "");
        table.Print(output);
        return true;

        async Task LatencyAsync(Table table, string load, int count, Func<int, double> rate, string target)
        {
            int Count(int client) => count > 0 ? count : (int)(rate(client) * HalfLoadDuration.TotalSeconds);
            var (ours, theirs) = (new List<double>(), new List<double>());
            for (var round = -1; round < rounds; round++)
            {
                var own = await OurClient.LatencyAsync(connection, Count(0), rate(0), cancellationToken);
                var peers = await peer.RunAsync(cancellationToken, "latency", Count(1), rate(1));
                if (round >= 0)
                {
                    ours.AddRange(own);
                    theirs.AddRange(peers);
                }
            }

            var (a, b) = (new Samples(ours), new Samples(theirs));
            foreach (var percent in (int[])[50, 99])
            {
                table.Add(
                    $"Milliseconds from sending to the handler, {load}, p{percent}", Format(a.Percentile(percent), "0.00"),
                    Format(b.Percentile(percent), "0.00"), Format(a.Percentile(percent) / b.Percentile(percent), "0.00"), percent == 50 ? target : "");
            }
        }
    }

    private static async Task<double> EmptiedAsync(BusStage bus, double figure)
    {
        await bus.EmptyAsync(Messages);
        return figure;
    }

    private static void Add(Table table, string what, IReadOnlyList<Samples> figures, string format, string target) => table.Add(
        what, Format(figures[0].Median, format), Format(figures[1].Median, format), Format(figures[0].Median / figures[1].Median, "0.00"), target);

    private static string Format(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
