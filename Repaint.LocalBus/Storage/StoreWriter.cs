using Microsoft.Data.Sqlite;

namespace Repaint.LocalBus.Storage;

/// <summary>The changes, as prepared statements inside the writer's transaction. One thread only.</summary>
internal sealed class StoreWriter(SqliteConnection connection) : IDisposable
{
    private readonly Dictionary<string, SqliteCommand> _commands = [];

    /// <summary>Remembers an id; false when it is remembered already and its window has not passed.</summary>
    public bool Remember(string queue, string messageId, DateTimeOffset now, DateTimeOffset until) => Execute(
        """
        INSERT INTO seen_ids (queue, message_id, until) VALUES ($queue, $id, $until)
        ON CONFLICT (queue, message_id) DO UPDATE SET until = excluded.until WHERE seen_ids.until <= $now
        """,
        ("$queue", queue), ("$id", messageId), ("$until", Milliseconds(until)), ("$now", Milliseconds(now))) == 1;

    public long Insert(string queue, byte[] message, DateTimeOffset now, DateTimeOffset? scheduledAt, DateTimeOffset? expiresAt) => Scalar(
        """
        INSERT INTO messages (queue, enqueued_at, scheduled_at, expires_at, message)
        VALUES ($queue, $now, $scheduled, $expires, $message) RETURNING sequence
        """,
        ("$queue", queue), ("$now", Milliseconds(now)), ("$scheduled", Milliseconds(scheduledAt)),
        ("$expires", Milliseconds(expiresAt)), ("$message", message))!.Value;

    public void Delete(long sequence) =>
        Execute("DELETE FROM messages WHERE sequence = $sequence", ("$sequence", sequence));

    /// <summary>Counts a delivery that came to nothing; null when the row is gone.</summary>
    public long? CountDelivery(long sequence) => Scalar(
        "UPDATE messages SET delivery_count = delivery_count + 1 WHERE sequence = $sequence RETURNING delivery_count",
        ("$sequence", sequence));

    /// <summary>Whether a message is set aside.</summary>
    public bool IsDeferred(long sequence) =>
        Scalar("SELECT deferred FROM messages WHERE sequence = $sequence", ("$sequence", sequence)) == 1;

    /// <summary>Replaces what is stored of a message.</summary>
    public void Rewrite(long sequence, Func<byte[], byte[]> change)
    {
        if (Prepare("SELECT message FROM messages WHERE sequence = $sequence", ("$sequence", sequence)).ExecuteScalar() is byte[] message)
        {
            Execute("UPDATE messages SET message = $message WHERE sequence = $sequence", ("$sequence", sequence), ("$message", change(message)));
        }
    }

    /// <summary>Takes back a message that is not due yet; false when there is none such in the queue.</summary>
    public bool CancelScheduled(string queue, long sequence) => Execute(
        "DELETE FROM messages WHERE sequence = $sequence AND queue = $queue AND scheduled_at IS NOT NULL",
        ("$sequence", sequence), ("$queue", queue)) == 1;

    public void DeadLetter(long sequence, string address, string? reason, string? description) => Execute(
        """
        UPDATE messages SET queue = $queue, scheduled_at = NULL, expires_at = NULL, delivery_count = 0, deferred = 0,
            dead_letter_reason = $reason, dead_letter_description = $description
        WHERE sequence = $sequence
        """,
        ("$sequence", sequence), ("$queue", address), ("$reason", reason), ("$description", description));

    public void Defer(long sequence) =>
        Execute("UPDATE messages SET deferred = 1 WHERE sequence = $sequence", ("$sequence", sequence));

    /// <summary>Makes due messages ordinary ones; answers which.</summary>
    public IReadOnlyList<(string Queue, long Sequence)> ReleaseScheduled(DateTimeOffset now)
    {
        var command = Prepare(
            "UPDATE messages SET scheduled_at = NULL, enqueued_at = $now WHERE scheduled_at <= $now RETURNING queue, sequence",
            ("$now", Milliseconds(now)));
        var released = new List<(string, long)>();
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            released.Add((reader.GetString(0), reader.GetInt64(1)));
        }

        return released;
    }

    public void ForgetIds(DateTimeOffset now) =>
        Execute("DELETE FROM seen_ids WHERE until <= $now", ("$now", Milliseconds(now)));

    /// <summary>Rows changed since the database was opened.</summary>
    public int TotalChanges => SQLitePCL.raw.sqlite3_total_changes(connection.Handle);

    /// <summary>Writes something, to see whether that is possible; it is forgotten with the next expired ids.</summary>
    public void Probe(DateTimeOffset now) => Remember(string.Empty, string.Empty, now, now);

    public void Begin() => Execute("BEGIN IMMEDIATE");

    public void Commit() => Execute("COMMIT");

    public void Rollback()
    {
        // After some errors, a full disk among them, SQLite has rolled back by itself.
        if (SQLitePCL.raw.sqlite3_get_autocommit(connection.Handle) == 0)
        {
            Execute("ROLLBACK");
        }
    }

    public void Dispose()
    {
        foreach (var command in _commands.Values)
        {
            command.Dispose();
        }

        connection.Dispose();
    }

    internal static long Milliseconds(DateTimeOffset time) => time.ToUnixTimeMilliseconds();

    private static long? Milliseconds(DateTimeOffset? time) => time?.ToUnixTimeMilliseconds();

    private int Execute(string sql, params ReadOnlySpan<(string Name, object? Value)> parameters) =>
        Prepare(sql, parameters).ExecuteNonQuery();

    private long? Scalar(string sql, params ReadOnlySpan<(string Name, object? Value)> parameters) =>
        (long?)Prepare(sql, parameters).ExecuteScalar();

    private SqliteCommand Prepare(string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        if (!_commands.TryGetValue(sql, out var command))
        {
            command = connection.CreateCommand();
            command.CommandText = sql;
            foreach (var (name, _) in parameters)
            {
                command.Parameters.Add(new SqliteParameter { ParameterName = name });
            }

            _commands.Add(sql, command);
        }

        foreach (var (name, value) in parameters)
        {
            command.Parameters[name].Value = value ?? DBNull.Value;
        }

        return command;
    }
}
