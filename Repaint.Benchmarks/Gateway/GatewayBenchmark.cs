using System.Globalization;
using Repaint.Benchmarks.Measuring;

namespace Repaint.Benchmarks.Gateway;

/// <summary>How fast one-time URLs are redeemed, beside nginx, which only checks a signature.</summary>
internal sealed class GatewayBenchmark : IMeasurement
{
    // Far more than anybody answers in one turn. The peer's cost nothing to make.
    private const int LinksOfStorage = 40_000;
    private const int LinksOfOrigin = 40_000;
    private const int LinksOfPeer = 80_000;
    private const int Latencies = 300;

    public string Name => "gateway";

    public string Description => "One-time URLs per second and their latency, against nginx and bare storage (needs nginx and wrk)";

    public async Task<bool> RunAsync(int rounds, TextWriter output, CancellationToken cancellationToken)
    {
        await output.WriteLineAsync($"{await Nginx.VersionAsync(cancellationToken)}; 64 connections, {GatewayStage.PictureSize:N0} bytes");
        await using var stage = await GatewayStage.StartAsync(cancellationToken);
        var table = new Table("What", "gateway", "peer", "ratio", "to reach");
        await ThroughputAsync(stage, table, "G1: GETs per second, storage is Azurite", 0.9, rounds, LinksOfStorage,
            stage.Storage, StorageAddress(stage.Storage), stage.ReadEverything(), cancellationToken);

        var originPort = GatewayStage.FreePort();
        await stage.StartAsync(() => Nginx.StartOriginAsync(stage.Folder, originPort, stage.Picture, cancellationToken));
        var origin = $"DefaultEndpointsProtocol=http;AccountName=repaint;AccountKey=bm9uZQ==;BlobEndpoint=http://127.0.0.1:{originPort}/repaint;";
        await ThroughputAsync(stage, table, "G1b: GETs per second, storage answers from memory", 0.5, rounds, LinksOfOrigin,
            origin, $"127.0.0.1:{originPort}", "", cancellationToken);

        await LatencyAsync(stage, table, rounds, cancellationToken);
        table.Print(output);
        return true;
    }

    private static async Task ThroughputAsync(
        GatewayStage stage, Table table, string what, double target, int rounds, int links,
        string storage, string storageAddress, string query, CancellationToken cancellationToken)
    {
        var gateway = await stage.StartGatewayAsync(storage, cancellationToken);
        var peerPort = GatewayStage.FreePort();
        await stage.StartAsync(() => Nginx.StartPeerAsync(stage.Folder, peerPort, storageAddress, query, cancellationToken));
        var figures = await Alternating.RunAsync(rounds,
        [
            async token => await Wrk.RunAsync(stage.Folder, gateway.Public, await stage.MintAsync(gateway, links, token), token),
            token => Wrk.RunAsync(stage.Folder, new Uri($"http://127.0.0.1:{peerPort}"), Nginx.Sign(stage.BlobNames, LinksOfPeer), token),
        ], cancellationToken);
        var (own, peer) = (figures[0].Median, figures[1].Median);
        table.Add(what, Format(own, "0"), Format(peer, "0"), Format(own / peer, "0.00"), Format(target, "≥ 0.0"));
    }

    private static async Task LatencyAsync(GatewayStage stage, Table table, int rounds, CancellationToken cancellationToken)
    {
        var gateway = await stage.StartGatewayAsync(stage.Storage, cancellationToken);
        using var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 1 });
        var direct = stage.BlobNames.Select(stage.Direct).ToList();
        var (own, bare) = (new List<double>(), new List<double>());
        for (var round = -1; round < rounds; round++)
        {
            var links = await stage.MintAsync(gateway, Latencies, cancellationToken);
            for (var index = 0; index < Latencies; index++)
            {
                var redeemed = await TimeAsync(client, new Uri(gateway.Public, links[index]), cancellationToken);
                var fetched = await TimeAsync(client, direct[index % direct.Count], cancellationToken);
                if (round >= 0)
                {
                    own.Add(redeemed);
                    bare.Add(fetched);
                }
            }
        }

        foreach (var percent in (int[])[50, 99])
        {
            var (redeemed, fetched) = (new Samples(own).Percentile(percent), new Samples(bare).Percentile(percent));
            table.Add(
                $"G2: milliseconds, one connection, p{percent}; the peer is a GET of the same blob", Format(redeemed, "0.00"),
                Format(fetched, "0.00"), Format(redeemed - fetched, "+0.00;-0.00"), percent == 50 ? "≤ +2" : "");
        }
    }

    private static async Task<double> TimeAsync(HttpClient client, Uri url, CancellationToken cancellationToken)
    {
        var started = TimeProvider.System.GetTimestamp();
        var bytes = await client.GetByteArrayAsync(url, cancellationToken);
        ArgumentOutOfRangeException.ThrowIfNotEqual(bytes.Length, GatewayStage.PictureSize);
        return TimeProvider.System.GetElapsedTime(started).TotalMilliseconds;
    }

    private static string StorageAddress(string connectionString) => connectionString.Split(';')
        .Select(part => part.Split('=', 2)).Where(part => part[0] == "BlobEndpoint").Select(part => new Uri(part[1]).Authority).Single();

    private static string Format(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
