using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;

namespace Repaint.LocalBus.Storage;

/// <summary>
/// The messages on disk. Changes are made by one thread in group commits: everything that arrived while the last
/// transaction was being written shares the next one, so the disk is waited for once per group, not once per message.
/// </summary>
internal sealed partial class MessageStore : IDisposable
{
    private const int MaxGroup = 1024;

    private readonly BlockingCollection<Change> _changes = new(boundedCapacity: 16 * MaxGroup);
    private readonly List<Change> _group = new(MaxGroup);
    private readonly ILogger<MessageStore> _logger;
    private readonly string _path;
    private readonly StoreWriter _writer;
    private readonly Thread _thread;
    private volatile Exception? _trouble;

    public MessageStore(IOptions<LocalBusOptions> options, ILogger<MessageStore> logger)
    {
        _logger = logger;
        Directory.CreateDirectory(options.Value.DataDirectory);
        _path = Path.Combine(options.Value.DataDirectory, "bus.db");
        _writer = new StoreWriter(StoreSchema.OpenForWriting(_path, options.Value.MaxMegabytes));
        _thread = new Thread(WriteGroups) { IsBackground = true, Name = "Message store" };
        _thread.Start();
    }

    /// <summary>Why nothing can be written; null when the last change was.</summary>
    public Exception? Trouble => _trouble;

    public StoreReader OpenReader() => new(StoreSchema.OpenForReading(_path));

    /// <summary>
    /// Queues a change. What <paramref name="apply"/> returns runs after the commit, on the writer's thread and in
    /// the order of the changes, and must be short.
    /// </summary>
    public void Write(Func<StoreWriter, Action> apply, Action<Exception> failed)
    {
        try
        {
            _changes.Add(new Change(apply, failed));
        }
        catch (InvalidOperationException)
        {
            failed(new ObjectDisposedException(nameof(MessageStore)));
        }
    }

    public void Dispose()
    {
        _changes.CompleteAdding();
        _thread.Join();
        _writer.Dispose();
        _changes.Dispose();
    }

    private void WriteGroups()
    {
        foreach (var first in _changes.GetConsumingEnumerable())
        {
            _group.Clear();
            _group.Add(first);
            while (_group.Count < MaxGroup && _changes.TryTake(out var next))
            {
                _group.Add(next);
            }

            if (!TryCommit(_group, out _))
            {
                // One bad change must not fail its neighbours.
                foreach (var change in _group)
                {
                    CommitAlone(change);
                }
            }
        }
    }

    private void CommitAlone(Change change)
    {
        if (!TryCommit([change], out var exception))
        {
            var reason = exception is SqliteException { SqliteErrorCode: SQLitePCL.raw.SQLITE_FULL } ? new StoreFullException(exception) : exception!;
            Note(reason);
            Run(() => change.Failed(reason));
        }
    }

    // Said once: a log on the same disk is the last thing that a full disk needs.
    private void Note(Exception failure)
    {
        if (_trouble is not null)
        {
            Log.WriteFailedAgain(_logger, failure);
            return;
        }

        Log.WriteFailed(_logger, failure);
        if (failure is StoreFullException or SqliteException)
        {
            _trouble = failure;
        }
    }

    private bool TryCommit(IReadOnlyList<Change> group, out Exception? failure)
    {
        var before = _writer.TotalChanges;
        try
        {
            _writer.Begin();
            foreach (var change in group)
            {
                change.Completion = change.Apply(_writer);
            }

            _writer.Commit();
        }
        catch (Exception exception)
        {
            failure = exception;
            foreach (var change in group)
            {
                change.Completion = null;
            }

            Run(_writer.Rollback);
            return false;
        }

        failure = null;
        // A commit without a change writes nothing, and so tells nothing.
        if (_trouble is not null && _writer.TotalChanges != before)
        {
            _trouble = null;
            Log.WritesAgain(_logger);
        }

        foreach (var change in group)
        {
            Run(change.Completion!);
        }

        return true;
    }

    // The thread must outlive whatever a completion meets, a closing link most of all.
    private void Run(Action action)
    {
        try
        {
            action();
        }
        catch (Exception exception)
        {
            Log.CompletionFailed(_logger, exception);
        }
    }

    private sealed class Change(Func<StoreWriter, Action> apply, Action<Exception> failed)
    {
        public Func<StoreWriter, Action> Apply { get; } = apply;

        public Action<Exception> Failed { get; } = failed;

        public Action? Completion { get; set; }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Critical, "The store could not write; the change is refused")]
        public static partial void WriteFailed(ILogger logger, Exception exception);

        [LoggerMessage(3, LogLevel.Debug, "The store still could not write; the change is refused")]
        public static partial void WriteFailedAgain(ILogger logger, Exception exception);

        [LoggerMessage(4, LogLevel.Warning, "The store writes again")]
        public static partial void WritesAgain(ILogger logger);

        [LoggerMessage(2, LogLevel.Debug, "A completion failed")]
        public static partial void CompletionFailed(ILogger logger, Exception exception);
    }
}
