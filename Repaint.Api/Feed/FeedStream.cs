using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Repaint.Contracts.Http;

namespace Repaint.Api.Feed;

/// <summary>The events of one member's feed.</summary>
internal sealed class FeedStream(FeedReader reader, ApiMetrics metrics, IHostApplicationLifetime lifetime, TimeProvider time)
{
    public static readonly TimeSpan PingInterval = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan MaxDuration = TimeSpan.FromDays(1);

    /// <summary>
    /// What changed since a position, then as it comes. Ends when the caller is no member any more, the token expires,
    /// or this instance stops. Looks at every ping as well, in case a notification was lost.
    /// </summary>
    public async IAsyncEnumerable<SseItem<FeedChange?>> ReadAsync(
        FeedCaller caller, FeedHub.Slot subscription, FeedPosition? since, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using var subscribed = subscription;
        using var expiry = new CancellationTokenSource(Remaining(caller), time);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation, lifetime.ApplicationStopping, expiry.Token);
        metrics.StreamOpened();
        try
        {
            var sent = new Dictionary<Guid, ulong>();
            var woken = true;
            while (await TryReadAsync(caller, since, ending.Token) is { } batch)
            {
                var news = batch.Changes?.Where(item => sent.GetValueOrDefault(item.ImageId) < item.ChangedIn).ToList();
                if (news is null)
                {
                    yield return Item(null, FeedEvents.Resync, batch.Position);
                }

                for (var index = 0; index < news?.Count; index++)
                {
                    // Only the last one moves the position: a connection may break in between.
                    yield return Item(
                        news[index].Change, news[index].Change.Image is null ? FeedEvents.Erased : FeedEvents.Image,
                        index == news.Count - 1 ? batch.Position : null);
                }

                if (news is [] && !woken)
                {
                    yield return Item(null, FeedEvents.Ping, batch.Position);
                }

                since = batch.Position;
                // What can be read again next time.
                sent = (batch.Changes ?? []).Where(item => item.ChangedIn >= since.Transaction)
                    .GroupBy(item => item.ImageId).ToDictionary(group => group.Key, group => group.Max(item => item.ChangedIn));
                woken = await WaitAsync(subscription, ending.Token);
            }
        }
        finally
        {
            metrics.StreamClosed();
        }
    }

    private static SseItem<FeedChange?> Item(FeedChange? change, string type, FeedPosition? position) =>
        new(change, type) { EventId = position?.ToString() };

    private TimeSpan Remaining(FeedCaller caller)
    {
        var remaining = caller.TokenExpiresAt - time.GetUtcNow();
        return remaining < TimeSpan.Zero ? TimeSpan.Zero : remaining < MaxDuration ? remaining : MaxDuration;
    }

    private async Task<FeedBatch?> TryReadAsync(FeedCaller caller, FeedPosition? since, CancellationToken ending)
    {
        try
        {
            return await reader.ReadAsync(caller.EventId, caller.Subject, since, ending);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>False when it was time for a ping.</summary>
    private async Task<bool> WaitAsync(FeedHub.Slot subscription, CancellationToken ending)
    {
        using var ping = new CancellationTokenSource(PingInterval, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ending, ping.Token);
        try
        {
            return await subscription.WaitAsync(either.Token);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}

/// <summary>Who reads a feed, and until when the token that opened it is good.</summary>
internal sealed record FeedCaller(Guid EventId, string Subject, DateTimeOffset TokenExpiresAt);
