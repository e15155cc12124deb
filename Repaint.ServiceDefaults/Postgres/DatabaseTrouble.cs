using Npgsql;

namespace Repaint.ServiceDefaults.Postgres;

/// <summary>Tells what the database will get over from what is wrong with a request.</summary>
public static class DatabaseTrouble
{
    /// <summary>
    /// It does not answer, or has no such table or column: then this version is here before its migration, which will come.
    /// </summary>
    public static bool Is(Exception exception) => exception switch
    {
        PostgresException postgres => postgres.IsTransient
            || postgres.SqlState is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.UndefinedColumn,
        NpgsqlException => true,
        AggregateException several => several.InnerExceptions.Any(Is),
        _ => exception.InnerException is { } inner && Is(inner),
    };
}
