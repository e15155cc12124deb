using System.Data;
using Npgsql;

namespace Repaint.ImageGateway.OneTimeUrls;

/// <summary>
/// A statement that is run again and again, one run after the other: planned once, on a connection that it keeps, because
/// planning it and tidying the connection would cost as much as the work itself. A connection that broke is replaced.
/// </summary>
internal sealed class KeptStatement(NpgsqlDataSource database, string sql) : IAsyncDisposable
{
    private const int Tries = 3;

    // Few rows of large tables, each found by its key: so it is right however the tables have grown since they were analysed,
    // which a plan that is kept does not notice.
    private const string ByIndex = "SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off";

    private NpgsqlConnection? _connection;

    /// <summary>
    /// Runs the statement, again when the database asks for it (an erasure locks links in another order) or the connection was
    /// lost: it has to bear being run twice.
    /// </summary>
    public async Task<T> RunAsync<T>(IReadOnlyList<NpgsqlParameter> parameters, Func<NpgsqlCommand, Task<T>> run)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await using var command = new NpgsqlCommand(sql, await ConnectAsync());
                foreach (var parameter in parameters)
                {
                    command.Parameters.Add(parameter.Clone());
                }

                await command.PrepareAsync(); // costs nothing but the first time on this connection
                return await run(command);
            }
            catch (NpgsqlException exception)
                when (exception is { IsTransient: true, InnerException: not TimeoutException } && attempt < Tries)
            {
                // Once more; but who has waited for a whole time-out has waited long enough.
            }
        }
    }

    private async Task<NpgsqlConnection> ConnectAsync()
    {
        if (_connection is { State: ConnectionState.Open } open)
        {
            return open;
        }

        await DisposeAsync();
        var connection = await database.OpenConnectionAsync();
        try
        {
            await using var command = new NpgsqlCommand(ByIndex, connection);
            await command.ExecuteNonQueryAsync();
            return _connection = connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _connection, null) is { } connection)
        {
            await connection.DisposeAsync();
        }
    }
}
