using Microsoft.Extensions.Logging;
using Repaint.Messaging.Connections;

namespace Repaint.Messaging.Processing;

/// <summary>Keeps one message's lock, renewing it when half of it has passed.</summary>
internal sealed partial class LockLease : IAsyncDisposable
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(100);

    private readonly CancellationTokenSource _ended = new();
    private readonly CancellationTokenSource _lost = new();
    private readonly ReceivedMessage _message;
    private readonly QueueManagement _management;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Task _renewing;

    public LockLease(ReceivedMessage message, QueueManagement management, TimeProvider time, ILogger logger)
    {
        _message = message;
        _management = management;
        _time = time;
        _logger = logger;
        Until = message.LockedUntil;
        _renewing = RenewAsync();
    }

    /// <summary>Fires when somebody else may get the message.</summary>
    public CancellationToken Lost => _lost.Token;

    public DateTimeOffset Until { get; private set; }

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        await _renewing;
        _ended.Dispose();
        _lost.Dispose();
    }

    private async Task RenewAsync()
    {
        try
        {
            while (true)
            {
                var half = (Until - _time.GetUtcNow()) / 2;
                await Task.Delay(half > Shortest ? half : Shortest, _time, _ended.Token);
                if (!await TryRenewAsync())
                {
                    Log.LockLost(_logger, _message.MessageId);
                    await _lost.CancelAsync();
                    return;
                }
            }
        }
        catch (Exception) when (_ended.IsCancellationRequested)
        {
            // Not needed any more, however it would have ended.
        }
    }

    private async Task<bool> TryRenewAsync()
    {
        try
        {
            if (await _management.RenewAsync(_message.LockToken, _ended.Token) is not { } until)
            {
                return false;
            }

            Until = until;
            Log.Renewed(_logger, _message.MessageId, until);
            return true;
        }
        catch (Exception exception) when (!_ended.IsCancellationRequested && BusErrors.IsBroker(exception))
        {
            // Half of what is left until the next try, and so on until nothing is left.
            Log.NotRenewed(_logger, _message.MessageId, exception);
            return Until > _time.GetUtcNow();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(3, LogLevel.Debug, "The lock of message {MessageId} is renewed until {Until}")]
        public static partial void Renewed(ILogger logger, string messageId, DateTimeOffset until);

        [LoggerMessage(1, LogLevel.Warning, "The lock of message {MessageId} is lost; its handling is cancelled")]
        public static partial void LockLost(ILogger logger, string messageId);

        [LoggerMessage(2, LogLevel.Warning, "The lock of message {MessageId} could not be renewed; trying again")]
        public static partial void NotRenewed(ILogger logger, string messageId, Exception exception);
    }
}
