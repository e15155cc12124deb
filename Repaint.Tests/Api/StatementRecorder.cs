using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Npgsql;

namespace Repaint.Tests.Api;

/// <summary>Records the statements that Entity Framework sends to one database while it lives, and has them explained.</summary>
internal sealed class StatementRecorder : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>, IDisposable
{
    private readonly ConcurrentDictionary<string, IReadOnlyList<NpgsqlParameter>> _statements = new();
    private readonly ConcurrentBag<IDisposable> _subscriptions = [];
    private readonly string _database;

    public StatementRecorder(string database)
    {
        _database = database;
        _subscriptions.Add(DiagnosticListener.AllListeners.Subscribe(this));
    }

    public int Count => _statements.Count;

    /// <summary>The statements whose plan reads one of the tables from end to end.</summary>
    public async Task<IReadOnlyList<string>> FindScansAsync(NpgsqlDataSource source, IReadOnlySet<string> tables, CancellationToken cancellation)
    {
        var found = new List<string>();
        foreach (var (batch, parameters) in _statements)
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
            && command.Connection?.Database == _database)
        {
            _statements.TryAdd(command.CommandText, [.. command.Parameters.Select(parameter => parameter.Clone())]);
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
