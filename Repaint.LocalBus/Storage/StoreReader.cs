using Microsoft.Data.Sqlite;

namespace Repaint.LocalBus.Storage;

/// <summary>Reads beside the writer: the write-ahead log lets both go on. One thread at a time.</summary>
internal sealed class StoreReader(SqliteConnection connection) : IDisposable
{
    private const string Columns =
        "sequence, enqueued_at, delivery_count, dead_letter_reason, dead_letter_description, message, scheduled_at IS NOT NULL, deferred";

    private SqliteCommand? _find;
    private SqliteCommand? _browse;
    private SqliteCommand? _deferred;
    private SqliteCommand? _waiting;
    private SqliteCommand? _expired;

    public StoredMessage? Find(long sequence)
    {
        _find ??= Prepare($"SELECT {Columns} FROM messages WHERE sequence = $sequence", "$sequence");
        _find.Parameters[0].Value = sequence;
        using var row = _find.ExecuteReader();
        return row.Read() ? Message(row) : null;
    }

    /// <summary>A queue's messages in whatever state, in order, read as far as the caller goes on.</summary>
    public IEnumerable<StoredMessage> Browse(string queue, long from, int limit)
    {
        _browse ??= Prepare(
            $"SELECT {Columns} FROM messages WHERE queue = $queue AND sequence >= $from ORDER BY sequence LIMIT $limit",
            "$queue", "$from", "$limit");
        _browse.Parameters[0].Value = queue;
        _browse.Parameters[1].Value = from;
        _browse.Parameters[2].Value = limit;
        using var rows = _browse.ExecuteReader();
        while (rows.Read())
        {
            yield return Message(rows);
        }
    }

    /// <summary>Whether a message is set aside in this queue.</summary>
    public bool IsDeferred(string queue, long sequence)
    {
        _deferred ??= Prepare("SELECT 1 FROM messages WHERE sequence = $sequence AND queue = $queue AND deferred = 1", "$sequence", "$queue");
        _deferred.Parameters[0].Value = sequence;
        _deferred.Parameters[1].Value = queue;
        return _deferred.ExecuteScalar() is not null;
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
        _browse?.Dispose();
        _deferred?.Dispose();
        _waiting?.Dispose();
        _expired?.Dispose();
        connection.Dispose();
    }

    private static StoredMessage Message(SqliteDataReader row) => new(
        row.GetInt64(0),
        DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(1)),
        row.GetInt32(2),
        row.IsDBNull(3) ? null : row.GetString(3),
        row.IsDBNull(4) ? null : row.GetString(4),
        (byte[])row.GetValue(5),
        row.GetBoolean(6) ? MessageState.Scheduled : row.GetBoolean(7) ? MessageState.Deferred : MessageState.Active);

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
