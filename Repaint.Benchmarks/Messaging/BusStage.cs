using System.Security.Cryptography;
using Amqp;
using Amqp.Framing;
using Repaint.Benchmarks.Gateway;
using Repaint.Contracts;
using Repaint.Local;
using Repaint.Local.Processes;
using Repaint.Local.Topology;

namespace Repaint.Benchmarks.Messaging;

/// <summary>The local bus in a process of its own, as <c>up</c> runs it.</summary>
internal sealed class BusStage : IAsyncDisposable
{
    private const string KeyName = "benchmark";

    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(1);

    private readonly string _folder;
    private readonly ChildProcess _process;
    private readonly string _key;
    private readonly int _port;

    private BusStage(string folder, ChildProcess process, string key, int port)
    {
        _folder = folder;
        _process = process;
        _key = key;
        _port = port;
    }

    public string ConnectionString =>
        $"Endpoint=sb://127.0.0.1:{_port};SharedAccessKeyName={KeyName};SharedAccessKey={_key};UseDevelopmentEmulator=true";

    public static async Task<BusStage> StartAsync(CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("repaint-bench-").FullName;
        var (port, health) = (GatewayStage.FreePort(), GatewayStage.FreePort());
        var key = Convert.ToHexString(RandomNumberGenerator.GetBytes(32));
        var process = await ChildProcess.StartAsync(ServiceBinaries.Start("Repaint.LocalBus", new Dictionary<string, string>
        {
            ["ASPNETCORE_URLS"] = PortMap.Url(health),
            ["LocalBus__Port"] = port.ToString(),
            ["LocalBus__DataDirectory"] = folder,
            ["LocalBus__KeyName"] = KeyName,
            ["LocalBus__Key"] = key,
        }));
        var stage = new BusStage(folder, process, key, port);
        try
        {
            using var client = new HttpClient();
            await Condition.WaitAsync("The bus is ready", async token =>
            {
                try
                {
                    using var response = await client.GetAsync(new Uri(PortMap.Url(health) + "/health"), token);
                    return response.IsSuccessStatusCode;
                }
                catch (HttpRequestException)
                {
                    return false;
                }
            }, StartTimeout, cancellationToken);
            return stage;
        }
        catch
        {
            await stage.DisposeAsync();
            throw;
        }
    }

    /// <summary>Takes away what a turn has left.</summary>
    public async Task EmptyAsync(int count)
    {
        var connection = await new ConnectionFactory().CreateAsync(new Address("127.0.0.1", _port, KeyName, _key, "/", "AMQP"));
        var link = new ReceiverLink(
            new Session(connection),
            "empty",
            new Attach { Source = new Source { Address = QueueNames.Clustering }, Target = new Target(), SndSettleMode = SenderSettleMode.Settled },
            onAttached: null);
        link.SetCredit(500);
        for (var taken = 0; taken < count; taken++)
        {
            var message = await link.ReceiveAsync(TimeSpan.FromSeconds(30)) ?? throw new LocalException("The bus holds less than was sent.");
            link.Accept(message);
        }

        await connection.CloseAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
