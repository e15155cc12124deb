using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Repaint.Api.Authentication;
using Repaint.Api.Notifications;
using Repaint.Contracts.Http;

namespace Repaint.Api.Updates;

/// <summary>The events of one visitor's stream.</summary>
internal sealed class UpdateStream(
    VisitorLookup visitors, VisitorUpdateReader reader, ApiMetrics metrics, IHostApplicationLifetime lifetime, TimeProvider time)
{
    /// <summary>An event with a <see cref="VisitorUpdate"/>; its id is the version.</summary>
    public const string Update = "update";

    /// <summary>An event with <c>null</c>, so that both ends notice a dead connection.</summary>
    public const string Ping = "ping";

    public static readonly TimeSpan PingInterval = TimeSpan.FromSeconds(15);

    /// <summary>
    /// What is newer than <paramref name="since"/>, now and as it comes. Ends when the visitor is erased, the token
    /// replaced, or this instance stops. Looks at every ping as well, in case a notification was lost.
    /// </summary>
    public async IAsyncEnumerable<SseItem<VisitorUpdate?>> ReadAsync(
        VisitorIdentity visitor, StreamHub.Subscription subscription, long since, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using var subscribed = subscription;
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellation, lifetime.ApplicationStopping);
        metrics.StreamOpened();
        try
        {
            var sent = since;
            var woken = false;
            while (await TryFindAsync(visitor, stopping.Token) is { } now)
            {
                // Thousands wait and few have news: whether there is any is asked for all of them together.
                if (now.Version > sent)
                {
                    if (await TryReadAsync(visitor, stopping.Token) is not { } update)
                    {
                        yield break;
                    }

                    sent = update.Version;
                    yield return new SseItem<VisitorUpdate?>(update, Update) { EventId = update.Version.ToString() };
                }
                else if (!woken)
                {
                    yield return new SseItem<VisitorUpdate?>(null, Ping);
                }

                woken = await WaitAsync(subscription, stopping.Token);
            }
        }
        finally
        {
            metrics.StreamClosed();
        }
    }

    private async Task<VisitorIdentity?> TryFindAsync(VisitorIdentity visitor, CancellationToken stopping)
    {
        try
        {
            return await visitors.FindAsync(visitor.TokenHash, stopping);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    private async Task<VisitorUpdate?> TryReadAsync(VisitorIdentity visitor, CancellationToken stopping)
    {
        try
        {
            return await reader.ReadAsync(visitor.TokenHash, stopping);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>False when it was time for a ping.</summary>
    private async Task<bool> WaitAsync(StreamHub.Subscription subscription, CancellationToken stopping)
    {
        using var ping = new CancellationTokenSource(PingInterval, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, ping.Token);
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
