using Npgsql;
using Repaint.Local.Postgres;
using Repaint.Local.Processes;

[assembly: AssemblyFixture(typeof(Repaint.Tests.Infrastructure.PostgresFixture))]

namespace Repaint.Tests.Infrastructure;

/// <summary>A real PostgreSQL for the whole run, started by the first test that needs it.</summary>
public sealed class PostgresFixture : IAsyncDisposable
{
    private readonly Lazy<Task<Running>> _running = new(StartAsync);
    private int _databases;

    /// <summary>Makes an empty database and returns its connection string.</summary>
    public async Task<string> CreateDatabaseAsync()
    {
        var running = await _running.Value;
        var name = $"test_{Interlocked.Increment(ref _databases)}";
        await running.Server.EnsureDatabaseAsync(name, TestContext.Current.CancellationToken);
        return running.Server.ConnectionString(name);
    }

    public async ValueTask DisposeAsync()
    {
        if (_running is { IsValueCreated: true, Value.IsCompletedSuccessfully: true })
        {
            var running = await _running.Value;
            NpgsqlConnection.ClearAllPools();
            await running.Process.DisposeAsync();
            running.Folder.Dispose();
        }
    }

    private static async Task<Running> StartAsync()
    {
        var folder = new TemporaryFolder("postgres");
        // Nothing here has to survive the loss of power.
        var server = new PostgresServer(folder.Path, FreePort.Next(), "fsync=off", "full_page_writes=off", "max_connections=500");
        return new Running(folder, server, await server.StartAsync(CancellationToken.None));
    }

    private sealed record Running(TemporaryFolder Folder, PostgresServer Server, ChildProcess Process);
}
