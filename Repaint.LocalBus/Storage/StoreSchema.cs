using Microsoft.Data.Sqlite;

namespace Repaint.LocalBus.Storage;

internal static class StoreSchema
{
    private const int Version = 1;

    private const string Create = """
        CREATE TABLE messages (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT,
            queue TEXT NOT NULL,
            enqueued_at INTEGER NOT NULL,
            scheduled_at INTEGER,
            expires_at INTEGER,
            delivery_count INTEGER NOT NULL DEFAULT 0,
            deferred INTEGER NOT NULL DEFAULT 0,
            dead_letter_reason TEXT,
            dead_letter_description TEXT,
            message BLOB NOT NULL
        ) STRICT;
        CREATE INDEX messages_waiting ON messages (queue, sequence, scheduled_at, deferred);
        CREATE INDEX messages_scheduled ON messages (scheduled_at) WHERE scheduled_at IS NOT NULL;
        CREATE INDEX messages_expiring ON messages (expires_at) WHERE expires_at IS NOT NULL;
        CREATE TABLE seen_ids (
            queue TEXT NOT NULL,
            message_id TEXT NOT NULL,
            until INTEGER NOT NULL,
            PRIMARY KEY (queue, message_id)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX seen_ids_until ON seen_ids (until);
        """;

    /// <summary>Opens the database for writing; makes it when it is new.</summary>
    /// <exception cref="InvalidDataException">The file is damaged, or of another version.</exception>
    public static SqliteConnection OpenForWriting(string path, int maxMegabytes)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        try
        {
            connection.Open();
            Check(connection);
            // FULL: a commit returns when the log is on the disk. That, and nothing less, is what an accepted send promises.
            Execute(connection, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000;");
            var pages = maxMegabytes * 1024L * 1024 / Scalar(connection, "PRAGMA page_size");
            Execute(connection, $"PRAGMA max_page_count = {pages};");
            switch (Scalar(connection, "PRAGMA user_version"))
            {
                case 0:
                    Execute(connection, $"BEGIN; {Create} PRAGMA user_version = {Version}; COMMIT;");
                    break;
                case not Version:
                    throw new InvalidDataException($"{path} was written by another version.");
            }

            return connection;
        }
        catch (SqliteException exception)
        {
            connection.Dispose();
            throw new InvalidDataException($"{path} cannot be used as the bus's database: {exception.Message}", exception);
        }
    }

    public static SqliteConnection OpenForReading(string path)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = SqliteOpenMode.ReadOnly,
            Pooling = false,
        }.ToString());
        connection.Open();
        return connection;
    }

    // What is damaged inside would otherwise come to light message by message.
    private static void Check(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA quick_check(1)";
        if (command.ExecuteScalar() is not "ok")
        {
            throw new SqliteException("it is damaged", SQLitePCL.raw.SQLITE_CORRUPT);
        }
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static long Scalar(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return (long)command.ExecuteScalar()!;
    }
}
