using Microsoft.Data.Sqlite;

namespace Repaint.LocalBus.Storage;

/// <summary>Reads beside the writer: the write-ahead log lets both go on. One thread at a time.</summary>
internal sealed class StoreReader(SqliteConnection connection) : IDisposable
{
    private SqliteCommand? _find;
    private SqliteCommand? _waiting;
    private SqliteCommand? _expired;

    public StoredMessage? Find(long sequence)
    {
        _find ??= Prepare(
            """
            SELECT enqueued_at, delivery_count, dead_letter_reason, dead_letter_description, message
            FROM messages WHERE sequence = $sequence
            """,
            "$sequence");
        _find.Parameters[0].Value = sequence;
        using var row = _find.ExecuteReader();
        return row.Read()
            ? new StoredMessage(
                sequence,
                DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(0)),
                row.GetInt32(1),
                row.IsDBNull(2) ? null : row.GetString(2),
                row.IsDBNull(3) ? null : row.GetString(3),
                (byte[])row.GetValue(4))
            : null;
    }

    /// <summary>Sequence numbers waiting after <paramref name="after"/>, in order.</summary>
    public IReadOnlyList<long> Waiting(string queue, long after, int limit)
    {
        _waiting ??= Prepare(
            """
            SELECT sequence FROM messages
            WHERE queue = $queue AND sequence > $after AND scheduled_at IS NULL AND deferred = 0
            ORDER BY sequence LIMIT $limit
            """,
            "$queue", "$after", "$limit");
        _waiting.Parameters[0].Value = queue;
        _waiting.Parameters[1].Value = after;
        _waiting.Parameters[2].Value = limit;
        return Sequences(_waiting);
    }

    public IReadOnlyList<long> Expired(string queue, DateTimeOffset now, int limit)
    {
        _expired ??= Prepare(
            "SELECT sequence FROM messages WHERE expires_at <= $now AND queue = $queue LIMIT $limit",
            "$queue", "$now", "$limit");
        _expired.Parameters[0].Value = queue;
        _expired.Parameters[1].Value = StoreWriter.Milliseconds(now);
        _expired.Parameters[2].Value = limit;
        return Sequences(_expired);
    }

    public void Dispose()
    {
        _find?.Dispose();
        _waiting?.Dispose();
        _expired?.Dispose();
        connection.Dispose();
    }

    private static List<long> Sequences(SqliteCommand command)
    {
        var sequences = new List<long>();
        using var rows = command.ExecuteReader();
        while (rows.Read())
        {
            sequences.Add(rows.GetInt64(0));
        }

        return sequences;
    }

    private SqliteCommand Prepare(string sql, params ReadOnlySpan<string> parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var name in parameters)
        {
            command.Parameters.Add(new SqliteParameter { ParameterName = name });
        }

        return command;
    }
}
