using System.Collections.Concurrent;
using Amqp;
using Amqp.Listener;

namespace Repaint.LocalBus.Amqp;

/// <summary>
/// Detaches links on which nothing has moved for ten minutes, as Service Bus does, so that a client that cannot live
/// with it is found out here and not there.
/// </summary>
internal sealed class IdleLinks(TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<ListenerLink, long> _lastMoved = new();

    public void Watch(ListenerLink link)
    {
        _lastMoved[link] = time.GetTimestamp();
        link.Closed += (_, _) => _lastMoved.TryRemove(link, out _);
    }

    /// <summary>A message went one way or the other.</summary>
    public void Moved(ListenerLink link)
    {
        if (_lastMoved.TryGetValue(link, out var last))
        {
            _lastMoved.TryUpdate(link, time.GetTimestamp(), last);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                foreach (var (link, last) in _lastMoved)
                {
                    if (time.GetElapsedTime(last) >= Limit && _lastMoved.TryRemove(link, out _))
                    {
                        Detach(link);
                    }
                }
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private static void Detach(ListenerLink link)
    {
        try
        {
            link.Close(TimeSpan.Zero, Errors.Of(ErrorCode.DetachForced, "The link was idle for 10 minutes."));
        }
        catch (AmqpException)
        {
            // It has gone by itself.
        }
    }
}
