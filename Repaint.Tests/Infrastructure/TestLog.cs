using Microsoft.Extensions.Logging;

namespace Repaint.Tests.Infrastructure;

/// <summary>Logs into the test's output, so that a failing test says what the service saw.</summary>
internal sealed class TestLog : ILoggerProvider, ILogger
{
    public static TestLog Instance { get; } = new();

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        try
        {
            TestContext.Current.TestOutputHelper?.WriteLine($"{logLevel}: {formatter(state, exception)} {exception?.Message}");
        }
        catch (InvalidOperationException)
        {
            // The test is over; nobody reads it any more.
        }
    }

    public void Dispose()
    {
    }
}
