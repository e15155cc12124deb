using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Security.Cryptography;
using Azure.Storage.Blobs;
using Azure.Storage.Sas;
using Npgsql;
using Repaint.Contracts;
using Repaint.Contracts.Http;
using Repaint.Local;
using Repaint.Local.Blobs;
using Repaint.Local.Postgres;
using Repaint.Local.Processes;
using Repaint.Local.Topology;
using Repaint.ServiceDefaults.Blobs;

namespace Repaint.Benchmarks.Gateway;

/// <summary>PostgreSQL, Azurite and gateways as processes of their own, with photographs of visitors to fetch.</summary>
internal sealed class GatewayStage : IAsyncDisposable
{
    /// <summary>Bytes of a picture, as measures.md says.</summary>
    public const int PictureSize = 200_000;

    private const int Pictures = 64;
    private const int LinksAtOnce = 100;
    private static readonly string Key = Convert.ToHexString(RandomNumberGenerator.GetBytes(32));

    private readonly Stack<IAsyncDisposable> _processes = [];
    private readonly PostgresServer _postgres;
    private readonly AzuriteServer _azurite;
    private readonly Guid _eventId = Guid.CreateVersion7(TimeProvider.System.GetUtcNow());
    private readonly List<(Guid ImageId, Guid VisitorId)> _photographs;

    private GatewayStage(string folder, string nodeModules)
    {
        Folder = folder;
        _postgres = new PostgresServer(Path.Combine(folder, "postgres"), FreePort());
        _azurite = new AzuriteServer(Path.Combine(folder, "blobs"), FreePort(), nodeModules);
        _photographs = [.. Enumerable.Range(0, Pictures).Select(_ => (NewId(), NewId()))];
    }

    /// <summary>Where everything is kept; gone afterwards.</summary>
    public string Folder { get; }

    public byte[] Picture { get; } = RandomNumberGenerator.GetBytes(PictureSize);

    public IReadOnlyList<string> BlobNames => [.. _photographs.Select(photograph => NamesOf(photograph.ImageId).Sketch)];

    public string Storage => _azurite.ConnectionString;

    public static async Task<GatewayStage> StartAsync(CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("repaint-bench-").FullName;
        File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
            | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        var stage = new GatewayStage(folder, await NpmPackages.InstallAsync(Console.Error.WriteLine, cancellationToken));
        try
        {
            stage._processes.Push(await stage._postgres.StartAsync(cancellationToken));
            stage._processes.Push(await stage._azurite.StartAsync(cancellationToken));
            await stage._postgres.EnsureDatabaseAsync(ResourceNames.RepaintDatabase, cancellationToken);
            await stage._postgres.EnsureDatabaseAsync(ResourceNames.GatewayDatabase, cancellationToken);
            await Programs.RunAsync(
                "Migrating", ServiceBinaries.Start("Repaint.Migrations", stage.Variables(stage.Storage)), cancellationToken);
            await stage.FillAsync(cancellationToken);
            return stage;
        }
        catch
        {
            await stage.DisposeAsync();
            throw;
        }
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Starts a gateway on the given storage.</summary>
    public async Task<RunningGateway> StartGatewayAsync(string storage, CancellationToken cancellationToken)
    {
        var (publicPort, internalPort) = (FreePort(), FreePort());
        var variables = Variables(storage);
        variables["ASPNETCORE_URLS"] = $"http://127.0.0.1:{publicPort};http://127.0.0.1:{internalPort}";
        variables["Gateway__InternalPort"] = $"{internalPort}";
        variables["Gateway__Keys__0"] = Key;
        // One machine stands for all visitors here.
        foreach (var limit in (string[])["AddressBurst", "AddressPerSecond", "VisitorBurst", "VisitorPerSecond"])
        {
            variables[$"Gateway__Limits__{limit}"] = "1000000";
        }

        var url = $"http://127.0.0.1:{publicPort}";
        var process = await ChildProcess.StartAsync(ServiceBinaries.Start("Repaint.ImageGateway", variables) with
        {
            LogFile = Path.Combine(Folder, $"gateway-{publicPort}.log"),
        });
        _processes.Push(process);
        await Condition.WaitAsync("The gateway answers", HttpHealth.Answers(url + "/alive"), TimeSpan.FromMinutes(1), cancellationToken);
        return new RunningGateway(new Uri(url), CreateInternal(internalPort));
    }

    public async Task<T> StartAsync<T>(Func<Task<T>> start)
        where T : IAsyncDisposable
    {
        var started = await start();
        _processes.Push(started);
        return started;
    }

    /// <summary>Mints links, each to be used once: paths with query, spread over all photographs.</summary>
    public async Task<IReadOnlyList<string>> MintAsync(RunningGateway gateway, int count, CancellationToken cancellationToken)
    {
        var paths = new List<string>(count);
        while (paths.Count < count)
        {
            var wanted = Enumerable.Range(paths.Count, Math.Min(LinksAtOnce, count - paths.Count))
                .Select(index => _photographs[index % Pictures]).ToList();
            using var response = await gateway.Internal.PostAsJsonAsync(
                GatewayRoutes.OneTimeUrls,
                new MintRequest([.. wanted.Select(photograph => new LinkRequest(photograph.ImageId, photograph.VisitorId, Rendition.View))]),
                ContractsJson.Options, cancellationToken);
            response.EnsureSuccessStatusCode();
            var minted = await response.Content.ReadFromJsonAsync<MintResponse>(ContractsJson.Options, cancellationToken);
            paths.AddRange(minted!.Links.Zip(wanted, (link, photograph) =>
                $"{GatewayRoutes.PublicImages}/{photograph.ImageId}?token={link.Token ?? throw new LocalException($"No link: {link.Code}.")}"));
        }

        return paths;
    }

    /// <summary>Address of a blob that needs no key for a while; what a client without the gateway would use.</summary>
    public Uri Direct(string blobName) => Container.GetBlobClient(blobName)
        .GenerateSasUri(BlobSasPermissions.Read, TimeProvider.System.GetUtcNow().AddHours(2));

    /// <summary>Query that lets a peer read the whole container.</summary>
    public string ReadEverything() => Container
        .GenerateSasUri(BlobContainerSasPermissions.Read, TimeProvider.System.GetUtcNow().AddHours(2)).Query.TrimStart('?');

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        while (_processes.TryPop(out var process))
        {
            await process.DisposeAsync();
        }

        Directory.Delete(Folder, recursive: true);
    }

    private BlobContainerClient Container => BlobExtensions.CreateService(Storage).GetBlobContainerClient(ResourceNames.ImagesContainer);

    private static Guid NewId() => Guid.CreateVersion7(TimeProvider.System.GetUtcNow());

    private static HttpClient CreateInternal(int port) => new()
    {
        BaseAddress = new Uri($"http://127.0.0.1:{port}"),
        DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", Key) },
    };

    private ImageBlobNames NamesOf(Guid imageId) => new(_eventId, imageId, 1);

    // As after an upload and its clustering.
    private async Task FillAsync(CancellationToken cancellationToken)
    {
        await using var database = NpgsqlDataSource.Create(_postgres.ConnectionString(ResourceNames.GatewayDatabase));
        foreach (var (imageId, visitorId) in _photographs)
        {
            await using var insert = database.CreateCommand(
                """
                WITH image AS (
                    INSERT INTO images (id, event_id, visitor_id, version, last_revision, serving_revision, created_at)
                    VALUES ($1, $2, $3, 3, 1, 1, now()))
                INSERT INTO image_revisions (image_id, revision, state, attempt, palette_count, received_at)
                VALUES ($1, 1, 'Clustered', 1, 8, now())
                """);
            foreach (var value in (Guid[])[imageId, _eventId, visitorId])
            {
                insert.Parameters.Add(new NpgsqlParameter { Value = value });
            }

            await insert.ExecuteNonQueryAsync(cancellationToken);
            await Container.WriteAsync(NamesOf(imageId).Sketch, Picture, BlobContent.Jpeg, cancellationToken);
        }
    }

    private Dictionary<string, string> Variables(string storage) => new()
    {
        ["DOTNET_ENVIRONMENT"] = "Production",
        ["ASPNETCORE_ENVIRONMENT"] = "Production",
        ["ConnectionStrings__repaint"] = _postgres.ConnectionString(ResourceNames.RepaintDatabase),
        ["ConnectionStrings__gateway"] = _postgres.ConnectionString(ResourceNames.GatewayDatabase),
        ["ConnectionStrings__blobs"] = storage,
        // Nobody publishes here, so nobody needs a bus.
        ["ConnectionStrings__messaging"] = "Endpoint=sb://127.0.0.1:1;SharedAccessKeyName=none;SharedAccessKey=none;UseDevelopmentEmulator=true",
    };
}

/// <summary>A gateway that runs.</summary>
/// <param name="Public">Its public listener.</param>
/// <param name="Internal">A client of its internal listener, with a key.</param>
internal sealed record RunningGateway(Uri Public, HttpClient Internal);
