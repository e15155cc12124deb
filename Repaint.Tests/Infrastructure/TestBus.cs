using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Repaint.LocalBus;
using Repaint.ServiceDefaults;

namespace Repaint.Tests.Infrastructure;

/// <summary>A local bus in this process, with a port and a folder of its own; it can be stopped and started again.</summary>
internal sealed class TestBus : IAsyncDisposable
{
    public const string KeyName = "test";
    public const string Key = "a-key-that-only-tests-know";

    private readonly TemporaryFolder _folder = new("bus");
    private readonly Dictionary<string, string?> _settings;
    private readonly TimeProvider? _time;
    private WebApplication? _app;

    private TestBus(string? queues, TimeProvider? time)
    {
        _time = time;
        _settings = new Dictionary<string, string?>
        {
            ["LocalBus:Port"] = Port.ToString(),
            ["LocalBus:DataDirectory"] = _folder.Path,
            ["LocalBus:KeyName"] = KeyName,
            ["LocalBus:Key"] = Key,
        };
        if (queues is not null)
        {
            _settings["LocalBus:QueuesFile"] = Path.Combine(_folder.Path, "queues.json");
            File.WriteAllText(_settings["LocalBus:QueuesFile"]!, queues);
        }
    }

    public int Port { get; } = FreePort.Next();

    /// <summary>What services get as <c>ConnectionStrings:messaging</c>.</summary>
    public string ConnectionString => ConnectionStringWith(Key);

    public IServiceProvider Services => _app!.Services;

    /// <summary>
    /// Starts a bus with the queues of this system, or those of a text in the emulator's Config.json format; by the
    /// given clock, with further settings of section <c>LocalBus</c>.
    /// </summary>
    public static async Task<TestBus> CreateAsync(
        string? queues = null, TimeProvider? time = null, params IEnumerable<(string Key, string Value)> settings)
    {
        var bus = new TestBus(queues, time);
        foreach (var (key, value) in settings)
        {
            bus._settings[$"{LocalBusOptions.Section}:{key}"] = value;
        }

        await bus.StartAsync();
        return bus;
    }

    public string ConnectionStringWith(string key) =>
        $"Endpoint=sb://127.0.0.1:{Port};SharedAccessKeyName={KeyName};SharedAccessKey={key};UseDevelopmentEmulator=true";

    public async Task StartAsync()
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = "Testing" });
        builder.WebHost.UseTestServer();
        builder.Logging.ClearProviders().AddProvider(TestLog.Instance);
        builder.Configuration.AddInMemoryCollection(_settings);
        builder.AddServiceDefaults();
        builder.AddLocalBus();
        if (_time is not null)
        {
            builder.Services.AddSingleton(_time);
        }

        var app = builder.Build();
        try
        {
            await app.StartAsync();
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }

        _app = app;
    }

    /// <summary>Stops it; messages stay in its folder.</summary>
    public async Task StopAsync()
    {
        if (_app is not null)
        {
            await _app.StopAsync();
            await _app.DisposeAsync();
            _app = null;
        }
    }

    /// <summary>Reads one value from the bus's database.</summary>
    public async Task<T?> ReadAsync<T>(string sql)
    {
        await using var connection = new SqliteConnection($"Data Source={Path.Combine(_folder.Path, "bus.db")};Mode=ReadOnly;Pooling=False");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        return (T?)await command.ExecuteScalarAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Overwrites a page of its database, and what the log could mend it from.</summary>
    public async Task DamageAsync(int page)
    {
        const int PageSize = 4096;
        File.Delete(Path.Combine(_folder.Path, "bus.db-wal"));
        await using var database = File.OpenWrite(Path.Combine(_folder.Path, "bus.db"));
        database.Position = page * PageSize;
        await database.WriteAsync(Encoding.ASCII.GetBytes(new string('x', PageSize)));
    }

    /// <summary>How many messages it holds, dead letters among them.</summary>
    public async Task<long> CountAsync() => await ReadAsync<long>("SELECT count(*) FROM messages");

    public async Task WaitUntilEmptyAsync()
    {
        try
        {
            await Poll.UntilAsync(async () => await CountAsync() == 0);
        }
        catch (OperationCanceledException)
        {
            Assert.Fail("Left on the bus: " + await ReadAsync<string>(
                "SELECT group_concat(format('%s %d, tries %d, %s', queue, sequence, delivery_count, dead_letter_reason), '; ') FROM messages"));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _folder.Dispose();
    }
}
