using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Npgsql;

namespace Repaint.Tests.Api;

/// <summary>
/// Records the statements that Entity Framework sends, and has those explained that went to one database. To be there before
/// the first of them: where nobody listens, Entity Framework looks again only after a second.
/// </summary>
internal sealed class StatementRecorder : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>, IDisposable
{
    private readonly ConcurrentDictionary<(string Database, string Text), IReadOnlyList<NpgsqlParameter>> _statements = new();
    private readonly ConcurrentBag<IDisposable> _subscriptions = [];

    public StatementRecorder() => _subscriptions.Add(DiagnosticListener.AllListeners.Subscribe(this));

    /// <summary>What was recorded until now is not looked at.</summary>
    public void Forget() => _statements.Clear();

    public int CountOf(string database) => _statements.Keys.Count(statement => statement.Database == database);

    /// <summary>The statements sent to the source's database whose plan reads one of the tables from end to end.</summary>
    public async Task<IReadOnlyList<string>> FindScansAsync(NpgsqlDataSource source, IReadOnlySet<string> tables, CancellationToken cancellation)
    {
        var database = new NpgsqlConnectionStringBuilder(source.ConnectionString).Database;
        var found = new List<string>();
        foreach (var ((_, batch), parameters) in _statements.Where(statement => statement.Key.Database == database))
        {
            // A batch of inserts and updates holds several; none of ours has a semicolon within.
            foreach (var statement in batch.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            {
                if (!statement.StartsWith("SELECT", StringComparison.Ordinal) && !statement.StartsWith("WITH", StringComparison.Ordinal)
                    && !statement.StartsWith("INSERT", StringComparison.Ordinal) && !statement.StartsWith("UPDATE", StringComparison.Ordinal)
                    && !statement.StartsWith("DELETE", StringComparison.Ordinal))
                {
                    continue;
                }

                await using var explain = source.CreateCommand($"EXPLAIN (FORMAT JSON) {statement}");
                explain.Parameters.AddRange(parameters.Select(parameter => parameter.Clone()).ToArray());
                using var plan = JsonDocument.Parse((string)(await explain.ExecuteScalarAsync(cancellation))!);
                found.AddRange(Scans(plan.RootElement).Where(tables.Contains).Distinct().Select(table => $"{table}: {statement}"));
            }
        }

        return found;
    }

    public void OnNext(DiagnosticListener value)
    {
        if (value.Name == DbLoggerCategory.Name)
        {
            _subscriptions.Add(value.Subscribe(this));
        }
    }

    public void OnNext(KeyValuePair<string, object?> value)
    {
        if (value.Key == RelationalEventId.CommandExecuting.Name && value.Value is CommandEventData { Command: NpgsqlCommand command }
            && command.Connection?.Database is { } database)
        {
            _statements.TryAdd((database, command.CommandText), [.. command.Parameters.Select(parameter => parameter.Clone())]);
        }
    }

    public void OnCompleted()
    {
    }

    public void OnError(Exception error)
    {
    }

    public void Dispose()
    {
        foreach (var subscription in _subscriptions)
        {
            subscription.Dispose();
        }
    }

    private static IEnumerable<string> Scans(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(member => Scans(member.Value)).Concat(
            element.TryGetProperty("Node Type", out var type) && type.GetString() == "Seq Scan"
                ? [element.GetProperty("Relation Name").GetString()!]
                : []),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(Scans),
        _ => [],
    };
}
