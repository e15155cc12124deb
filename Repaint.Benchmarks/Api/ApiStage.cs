using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Npgsql;
using NpgsqlTypes;
using Repaint.Benchmarks.Gateway;
using Repaint.Contracts;
using Repaint.Local;
using Repaint.Local.Blobs;
using Repaint.Local.Postgres;
using Repaint.Local.Processes;
using Repaint.Local.Topology;

namespace Repaint.Benchmarks.Api;

/// <summary>PostgreSQL and APIs as processes of their own, between a stand-in of the gateway and one of the authority.</summary>
internal sealed class ApiStage : IAsyncDisposable
{
    /// <summary>Events with so many visitors, each in a database of its own.</summary>
    public const int FewVisitors = 100;

    /// <inheritdoc cref="FewVisitors"/>
    public const int ManyVisitors = 100_000;

    private const string Many = ResourceNames.RepaintDatabase;
    private const string Few = "repaint_few";

    private readonly Stack<IAsyncDisposable> _processes = [];
    private readonly PostgresServer _postgres;
    private readonly AzuriteServer _azurite;
    private readonly StandIns _standIns = new(GatewayStage.FreePort());

    private ApiStage(string folder, string nodeModules)
    {
        Folder = folder;
        _postgres = new PostgresServer(Path.Combine(folder, "postgres"), GatewayStage.FreePort());
        _azurite = new AzuriteServer(Path.Combine(folder, "blobs"), GatewayStage.FreePort(), nodeModules);
    }

    /// <summary>Where everything is kept; gone afterwards.</summary>
    public string Folder { get; }

    /// <summary>An access token of a member of staff of both events.</summary>
    public string StaffToken => _standIns.StaffToken;

    public PlayedEvent FewPlayed { get; private set; } = null!;

    public PlayedEvent ManyPlayed { get; private set; } = null!;

    public static async Task<ApiStage> StartAsync(CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("repaint-bench-").FullName;
        File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
            | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        var stage = new ApiStage(folder, await NpmPackages.InstallAsync(Console.Error.WriteLine, cancellationToken));
        try
        {
            await stage._standIns.StartAsync(cancellationToken);
            stage._processes.Push(stage._standIns);
            stage._processes.Push(await stage._postgres.StartAsync(cancellationToken));
            stage._processes.Push(await stage._azurite.StartAsync(cancellationToken));
            await stage._postgres.EnsureDatabaseAsync(ResourceNames.GatewayDatabase, cancellationToken);
            stage.FewPlayed = await stage.PlayAsync(Few, FewVisitors, cancellationToken);
            stage.ManyPlayed = await stage.PlayAsync(Many, ManyVisitors, cancellationToken);
            return stage;
        }
        catch
        {
            await stage.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts an API on the database of an event; the caller disposes it.</summary>
    public async Task<RunningApi> StartApiAsync(PlayedEvent played, CancellationToken cancellationToken)
    {
        var port = GatewayStage.FreePort();
        var url = $"http://127.0.0.1:{port}";
        var variables = Variables(played.Database);
        variables["ASPNETCORE_URLS"] = url;
        variables["PublicOrigin"] = url;
        variables["services__image-gateway__internal__0"] = _standIns.Address.ToString();
        variables["Gateway__PublicOrigin"] = _standIns.Address.ToString();
        variables["Gateway__Key"] = Convert.ToHexString(RandomNumberGenerator.GetBytes(32));
        variables["Authentication__Authority"] = _standIns.Address.ToString();
        variables["Authentication__RequireHttpsMetadata"] = "false";
        var process = await ChildProcess.StartAsync(ServiceBinaries.Start("Repaint.Api", variables) with
        {
            LogFile = Path.Combine(Folder, $"api-{port}.log"),
        });
        await Condition.WaitAsync("The API answers", HttpHealth.Answers(url + "/alive"), TimeSpan.FromMinutes(1), cancellationToken);
        return new RunningApi(new Uri(url), process);
    }

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        while (_processes.TryPop(out var process))
        {
            await process.DisposeAsync();
        }

        Directory.Delete(Folder, recursive: true);
    }

    private async Task<PlayedEvent> PlayAsync(string database, int visitors, CancellationToken cancellationToken)
    {
        await _postgres.EnsureDatabaseAsync(database, cancellationToken);
        await Programs.RunAsync("Migrating", ServiceBinaries.Start("Repaint.Migrations", Variables(database)), cancellationToken);
        var played = new PlayedEvent(database, NewId(), [.. Enumerable.Range(0, visitors).Select(_ => (NewId(), NewToken()))]);
        await using var source = NpgsqlDataSource.Create(_postgres.ConnectionString(database));
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using (var create = new NpgsqlCommand("CREATE TEMP TABLE joined (id uuid, token_hash bytea)", connection))
        {
            await create.ExecuteNonQueryAsync(cancellationToken);
        }

        await using (var copy = await connection.BeginBinaryImportAsync(
            "COPY joined (id, token_hash) FROM STDIN (FORMAT BINARY)", cancellationToken))
        {
            foreach (var (id, token) in played.Visitors)
            {
                await copy.StartRowAsync(cancellationToken);
                await copy.WriteAsync(id, NpgsqlDbType.Uuid, cancellationToken);
                await copy.WriteAsync(SHA256.HashData(Encoding.ASCII.GetBytes(token)), NpgsqlDbType.Bytea, cancellationToken);
            }

            await copy.CompleteAsync(cancellationToken);
        }

        await FillAsync(connection, played, cancellationToken);
        return played;
    }

    /// <summary>As after a day: everyone photographed but the last tenth, everyone with two palettes.</summary>
    private static async Task FillAsync(NpgsqlConnection connection, PlayedEvent played, CancellationToken cancellationToken)
    {
        await using var fill = connection.CreateCommand();
        fill.CommandTimeout = 600;
        fill.CommandText = $"""
            SET session_replication_role = replica;
            INSERT INTO events (id, name, palette_count, cooldown_seconds, public_images, created_at)
            VALUES ('{played.EventId}', 'Matsuri', 8, 300, false, now());
            INSERT INTO event_palettes (event_id, counts, frozen) VALUES ('{played.EventId}', array_fill(0, ARRAY[8]), true);
            INSERT INTO event_members (id, event_id, subject, role, created_at) VALUES (gen_random_uuid(), '{played.EventId}', '{StandIns.Subject}', 'owner', now());
            INSERT INTO visitors (id, event_id, token_hash, recovery_hash, palettes, photo_image_id, version, updated_at, created_at)
            SELECT id, '{played.EventId}', token_hash, sha256(token_hash), 3, gen_random_uuid(), 5, now(), now() FROM joined;
            INSERT INTO images (id, event_id, visitor_id, version, revision, serving_revision, state, attempt, created_at, updated_at)
            SELECT photo_image_id, event_id, id, 5, 1, 1, 'clustered', 1, now(), now() FROM visitors LIMIT {played.Visitors.Count * 9 / 10};
            UPDATE visitors SET selected_image_id = images.id, photographed_at = now() FROM images WHERE images.visitor_id = visitors.id;
            INSERT INTO requested_renderings (visitor_id, image_id, request_no, palettes, requested_at, pending, answered_no, failed)
            SELECT visitor_id, id, 5, 3, now(), false, 5, false FROM images;
            INSERT INTO picks (visitor_id, pick_id, spot_id, palette_id, held, total, at, cooldown_ends_at, image_id)
            SELECT id, gen_random_uuid(), event_id, palette, palette + 1, 8, now(), now(), selected_image_id
            FROM visitors, generate_series(0, 1) AS palette;
            SET session_replication_role = origin;
            """;
        await fill.ExecuteNonQueryAsync(cancellationToken);
        fill.CommandText = "VACUUM (ANALYZE)";
        await fill.ExecuteNonQueryAsync(cancellationToken);
    }

    private static Guid NewId() => Guid.CreateVersion7(TimeProvider.System.GetUtcNow());

    private static string NewToken() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    private Dictionary<string, string> Variables(string database) => new()
    {
        ["DOTNET_ENVIRONMENT"] = "Production",
        ["ASPNETCORE_ENVIRONMENT"] = "Production",
        ["ConnectionStrings__repaint"] = _postgres.ConnectionString(database),
        ["ConnectionStrings__gateway"] = _postgres.ConnectionString(ResourceNames.GatewayDatabase),
        ["ConnectionStrings__blobs"] = _azurite.ConnectionString,
        // Nobody publishes here, so nobody needs a bus.
        ["ConnectionStrings__messaging"] = "Endpoint=sb://127.0.0.1:1;SharedAccessKeyName=none;SharedAccessKey=none;UseDevelopmentEmulator=true",
    };
}

/// <summary>An event that has been played.</summary>
/// <param name="Database">Its database.</param>
/// <param name="EventId">The event.</param>
/// <param name="Visitors">Ids and bearer tokens of its visitors.</param>
internal sealed record PlayedEvent(string Database, Guid EventId, IReadOnlyList<(Guid Id, string Token)> Visitors);

/// <summary>An API that runs.</summary>
internal sealed class RunningApi(Uri address, ChildProcess process) : IAsyncDisposable
{
    public Uri Address { get; } = address;

    /// <summary>Bytes of memory it has in use.</summary>
    public long ResidentBytes()
    {
        var line = File.ReadLines($"/proc/{process.Id}/status").Single(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]) * 1024;
    }

    public ValueTask DisposeAsync() => process.DisposeAsync();
}
