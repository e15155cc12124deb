using System.Collections.Concurrent;
using Amqp;
using Amqp.Framing;
using Amqp.Listener;
using Repaint.LocalBus.Security;

namespace Repaint.LocalBus.Amqp;

/// <summary>
/// Detaches links on which nothing has moved for ten minutes, and those whose token has expired, as Service Bus does, so
/// that a client that cannot live with it is found out here and not there.
/// </summary>
internal sealed class WatchedLinks(ConnectionClaims claims, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private static readonly Error Idle = Errors.Of(ErrorCode.DetachForced, "The link was idle for 10 minutes.");
    private static readonly Error Expired = Errors.Of(ErrorCode.UnauthorizedAccess, "ExpiredToken: the link's token has expired.");

    private readonly ConcurrentDictionary<ListenerLink, Watch> _links = new();

    /// <summary>Watches a link to a path until it is closed.</summary>
    public void Add(ListenerLink link, string path)
    {
        _links[link] = new Watch(path, time.GetTimestamp());
        link.Closed += (_, _) => _links.TryRemove(link, out _);
    }

    /// <summary>A message went one way or the other.</summary>
    public void Moved(ListenerLink link)
    {
        if (_links.TryGetValue(link, out var watch))
        {
            watch.LastMoved = time.GetTimestamp();
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                foreach (var (link, watch) in _links)
                {
                    var error = time.GetElapsedTime(watch.LastMoved) >= Limit ? Idle
                        : claims.Allow((ListenerConnection)link.Session.Connection, watch.Path) ? null
                        : Expired;
                    if (error is not null && _links.TryRemove(link, out _))
                    {
                        Detach(link, error);
                    }
                }
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private static void Detach(ListenerLink link, Error error)
    {
        try
        {
            link.Close(TimeSpan.Zero, error);
        }
        catch (AmqpException)
        {
            // It has gone by itself.
        }
    }

    private sealed class Watch(string path, long lastMoved)
    {
        private long _lastMoved = lastMoved;

        public string Path { get; } = path;

        public long LastMoved
        {
            get => Volatile.Read(ref _lastMoved);
            set => Volatile.Write(ref _lastMoved, value);
        }
    }
}
