using Amqp;
using Amqp.Framing;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Repaint.Messaging.Connections;

namespace Repaint.Messaging.Processing;

/// <summary>
/// Receives from one address under peek-lock: as many at once as there are free slots, never one in advance. The
/// receiving link is rebuilt whenever it goes; what is under way meanwhile goes on, because locks are renewed and
/// settled by token.
/// </summary>
internal sealed partial class QueueProcessor(
    string address, ProcessorOptions options, MessageRunner runner, BusConnection connection, TimeProvider time, ILogger<QueueProcessor> logger)
    : BackgroundService
{
    private static readonly TimeSpan FirstReconnect = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestReconnect = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _giveUp = new();
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ReceiverLink? _link;
    private int _underWay;
    private int _asked;
    private bool _stopping;
    private volatile Exception? _trouble;

    public string Address => address;

    /// <summary>Why nothing is received; null when the link is attached, or was until just now.</summary>
    public Exception? Trouble => _trouble;

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        ReceiverLink? link;
        lock (_gate)
        {
            _stopping = true;
            link = _link;
            _link = null;
            if (_underWay == 0)
            {
                _idle.TrySetResult();
            }
        }

        await base.StopAsync(cancellationToken);
        try
        {
            await _idle.Task.WaitAsync(options.StopGrace, time, cancellationToken);
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            Log.GivingBack(logger, address, _underWay);
        }

        try
        {
            await _giveUp.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // A host that is stopped once more after it was disposed.
            return;
        }

        try
        {
            await _idle.Task.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            Log.NotGivenBack(logger, address, _underWay);
        }

        Links.Close(link);
    }

    public override void Dispose()
    {
        _giveUp.Dispose();
        runner.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var failures = 0;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var session = await connection.GetAsync(stoppingToken);
                await session.AuthoriseAsync(address, stoppingToken);
                var link = await Links.OpenReceiverAsync(session.Amqp, address, time, stoppingToken);
                _trouble = null;
                var opened = time.GetTimestamp();
                var closed = new TaskCompletionSource<Error?>(TaskCreationOptions.RunContinuationsAsynchronously);
                link.AddClosedCallback((_, error) =>
                {
                    Log.LinkClosed(logger, address, error?.Condition);
                    closed.TrySetResult(error);
                });
                Start(link);
                var reason = await closed.Task.WaitAsync(stoppingToken);
                if (time.GetElapsedTime(opened) > LongestReconnect)
                {
                    failures = 0;
                }

                // A broker that attaches and then detaches with an error would otherwise be asked again without a pause.
                if (!BusErrors.IsOrdinary(reason))
                {
                    throw BusErrors.Of(reason, address);
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception) when (BusErrors.IsBroker(exception))
            {
                var wait = exception is MessagingException { Condition: BusErrors.ServerBusy }
                    ? LongestReconnect
                    : BackOff.After(failures++, FirstReconnect, LongestReconnect);
                _trouble = exception;
                Log.Reconnecting(logger, address, wait, exception);
                await Task.Delay(wait, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private void Start(ReceiverLink link)
    {
        lock (_gate)
        {
            if (_stopping)
            {
                return;
            }

            _link = link;
            _asked = 0;
            link.Start(0, OnMessage);
            Ask();
        }
    }

    private void OnMessage(IReceiverLink link, Message message)
    {
        bool stopping;
        lock (_gate)
        {
            stopping = _stopping;
            _underWay++;
            if (link == _link)
            {
                _asked--;
                Ask();
            }
        }

        // Off the library's reading thread, which must not wait for a handler.
        _ = Task.Run(async () =>
        {
            try
            {
                if (stopping)
                {
                    await runner.GiveBackAsync(message);
                }
                else
                {
                    await runner.RunAsync(message, _giveUp.Token);
                }
            }
            catch (Exception exception)
            {
                // Unsettled, the message comes again when its lock has expired.
                Log.Unsettled(logger, address, exception);
            }

            Finish(link, message);
        });
    }

    private void Finish(IReceiverLink link, Message message)
    {
        try
        {
            // It is settled, or its lock is lost: the broker ignores this. It lets the link forget the delivery.
            link.Accept(message);
            message.Dispose();
        }
        catch (Exception exception)
        {
            Log.LinkGone(logger, address, exception);
        }

        lock (_gate)
        {
            _underWay--;
            if (_stopping && _underWay == 0)
            {
                _idle.TrySetResult();
            }

            Ask();
        }
    }

    /// <summary>
    /// Asks for messages for the free slots; some at a time, because each request is a frame as a message is one. Under
    /// the gate.
    /// </summary>
    private void Ask()
    {
        var free = options.Concurrency - _underWay - _asked;
        if (_link is null || free <= 0 || (_asked > 0 && free < options.Concurrency / 4))
        {
            return;
        }

        try
        {
            _link.SetCredit(free, CreditMode.Manual);
            _asked += free;
        }
        catch (Exception exception)
        {
            // The next one starts with the slots that are free then.
            Log.LinkGone(logger, address, exception);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "{Address}: not receiving; again in {Wait}")]
        public static partial void Reconnecting(ILogger logger, string address, TimeSpan wait, Exception exception);

        [LoggerMessage(2, LogLevel.Debug, "{Address}: the receiving link was closed: {Condition}")]
        public static partial void LinkClosed(ILogger logger, string address, string? condition);

        [LoggerMessage(3, LogLevel.Error, "{Address}: a message could not be settled and comes again")]
        public static partial void Unsettled(ILogger logger, string address, Exception exception);

        [LoggerMessage(4, LogLevel.Warning, "{Address}: stopping; giving back {Count} messages under way")]
        public static partial void GivingBack(ILogger logger, string address, int count);

        [LoggerMessage(6, LogLevel.Debug, "{Address}: the receiving link has gone")]
        public static partial void LinkGone(ILogger logger, string address, Exception exception);

        [LoggerMessage(5, LogLevel.Error, "{Address}: stopped with {Count} messages that did not end in time; their locks will expire")]
        public static partial void NotGivenBack(ILogger logger, string address, int count);
    }
}
