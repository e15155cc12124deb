using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Repaint.Tests.Messaging;

/// <summary>Remembers what was logged, for what nothing else announces.</summary>
internal sealed class RecordedLog : ILoggerProvider, ILogger
{
    private readonly ConcurrentQueue<(string? Name, IReadOnlyList<KeyValuePair<string, object?>> Values)> _entries = new();

    public int Count(string eventName) => _entries.Count(entry => entry.Name == eventName);

    /// <summary>A value of the newest event of that name; null when there was none.</summary>
    public object? Last(string eventName, string key) =>
        _entries.LastOrDefault(entry => entry.Name == eventName).Values?.Single(value => value.Key == key).Value;

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _entries.Enqueue((eventId.Name, state as IReadOnlyList<KeyValuePair<string, object?>> ?? []));

    public void Dispose()
    {
    }
}
