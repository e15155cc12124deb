using Npgsql;
using Repaint.Local.Postgres;
using Repaint.Local.Processes;
using Repaint.Tests.Infrastructure;

namespace Repaint.Tests.Local;

public sealed class PostgresServerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new("postgres-test");
    private readonly PostgresServer _server;

    public PostgresServerTests() => _server = new PostgresServer(_folder.Path, FreePort.Next());

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Starts_again_after_kill_9_and_keeps_what_was_committed()
    {
        var first = await _server.StartAsync(Cancellation);
        await _server.EnsureDatabaseAsync("kept", Cancellation);
        await _server.EnsureDatabaseAsync("kept", Cancellation);
        Signals.Send(first.Id, Signal.Kill);
        await first.Exited;

        await using var second = await _server.StartAsync(Cancellation);

        await using var connection = await OpenAsync(_server.ConnectionString("kept"));
        Assert.Equal("kept", connection.Database);
    }

    [Fact]
    public async Task Starts_although_the_process_id_in_its_lock_file_belongs_to_somebody_else()
    {
        await using (await _server.StartAsync(Cancellation))
        {
        }

        var stale = Path.Combine(_folder.Path, "cluster", "postmaster.pid");
        await File.WriteAllTextAsync(stale, $"{Environment.ProcessId}\n", Cancellation);

        await using var again = await _server.StartAsync(Cancellation);

        Assert.True(await _server.IsReadyAsync(Cancellation));
    }

    [Fact]
    public async Task Refuses_a_wrong_password()
    {
        await using var process = await _server.StartAsync(Cancellation);
        var wrong = new NpgsqlConnectionStringBuilder(_server.ConnectionString("postgres")) { Password = "guess", Pooling = false };

        var refused = await Assert.ThrowsAsync<PostgresException>(() => OpenAsync(wrong.ConnectionString));

        Assert.Equal(PostgresErrorCodes.InvalidPassword, refused.SqlState);
    }

    public void Dispose() => _folder.Dispose();

    private static async Task<NpgsqlConnection> OpenAsync(string connectionString)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(Cancellation);
        return connection;
    }
}
