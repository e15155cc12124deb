using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Repaint.Contracts;
using Repaint.Contracts.Http;
using Repaint.ImageGateway.Renderings;
using Repaint.ServiceDefaults.Telemetry;

namespace Repaint.ImageGateway.OneTimeUrls;

/// <summary>
/// A link that may be delivered now. The stream id names this response in the link's row; null when the link was only looked
/// at. A first use is given back if no byte goes out.
/// </summary>
internal sealed record Delivery(byte[] TokenHash, View View, Disposition Disposition, Guid? StreamId, bool IsFirst);

/// <summary>Either a delivery or one of <see cref="ErrorCodes"/>.</summary>
internal readonly record struct RedemptionResult(Delivery? Delivery, string? Code);

/// <summary>Turns links into deliveries: each once, whoever asks at the same time.</summary>
internal sealed class Redemption(
    GatewayDbContext context,
    RedemptionBatches batches,
    DeliveryLimits limits,
    ActiveStreams streams,
    TimeProvider time,
    IOptions<GatewayOptions> options)
{
    // Of resumes that cross, the one that loses looks again.
    private const int Tries = 5;

    /// <summary>What the link would serve; changes nothing, but counts for its visitor.</summary>
    public async Task<RedemptionResult> PeekAsync(byte[] tokenHash, Guid imageId, CancellationToken cancellation)
    {
        var link = await Link.FindAsync(context, tokenHash, imageId, cancellation);
        return Refuse(link, isResume: false) is { } code ? new(null, code)
            : link!.VisitorId is { } visitor && !limits.TryCount(visitor) ? new(null, ErrorCodes.RateLimited)
            : new(link.Deliver(tokenHash, null, isResume: false, isFirst: false), null);
    }

    /// <summary>
    /// Uses the link, or goes on with a delivery that broke off. A resume asks for a part: it comes from what the delivery
    /// began with, and takes the place of a response that still believes it is sending. Any other request has to wait until
    /// that has stood still for a while.
    /// </summary>
    public async Task<RedemptionResult> RedeemAsync(byte[] tokenHash, Guid imageId, bool isResume, CancellationToken cancellation)
    {
        if (!isResume && await batches.TakeAsync(tokenHash, imageId) is { } taken)
        {
            Trace(taken.Cause, taken.View.Names.EventId, taken.VisitorId, taken.View.Names.Revision);
            var first = new Delivery(tokenHash, taken.View, taken.Disposition, taken.StreamId, IsFirst: true);
            if (taken.VisitorId is not { } visitor || limits.TryCount(visitor))
            {
                return new(first, null);
            }

            await EndAsync(first, anySent: false, isComplete: false, CancellationToken.None);
            return new(null, ErrorCodes.RateLimited);
        }

        for (var attempt = 0; attempt < Tries; attempt++)
        {
            var link = await Link.FindAsync(context, tokenHash, imageId, cancellation);
            if (attempt == 0)
            {
                Trace((link?.TraceId, link?.SpanId), link?.EventId, link?.VisitorId, link?.ServingRevision);
            }

            if (Refuse(link, isResume) is { } code)
            {
                if (code == ErrorCodes.NotReady && link!.ServingRevision is not null && link.Resolve(isResume).Missing is { } missing)
                {
                    await StartAsync(missing, cancellation);
                }

                return new(null, code);
            }

            if (attempt == 0 && link!.VisitorId is { } visitorId && !limits.TryCount(visitorId))
            {
                return new(null, ErrorCodes.RateLimited);
            }

            if (await TakeAsync(tokenHash, link!, isResume, cancellation) is { } delivery)
            {
                return new(delivery, null);
            }

            if (!isResume)
            {
                break;
            }
        }

        return new(null, ErrorCodes.UrlUsed);
    }

    /// <summary>
    /// Tells that a response is getting on. False when it must stop, because another has taken its place or the link has been
    /// revoked.
    /// </summary>
    public async Task<bool> TouchAsync(Delivery delivery, CancellationToken cancellation)
    {
        try
        {
            return await context.OneTimeUrls
                .Where(url => url.TokenHash == delivery.TokenHash && url.StreamId == delivery.StreamId && url.RevokedAt == null)
                .ExecuteUpdateAsync(set => set.SetProperty(url => url.StreamSeenAt, time.GetUtcNow()), cancellation) == 1;
        }
        catch (Exception exception) when (ServerTroubleHandler.IsServerTrouble(exception))
        {
            return true; // while nobody can ask the database, nobody can take over either
        }
    }

    /// <summary>
    /// Ends a response. Nothing sent: the use is given back. Broken off: the lease goes on. Complete: only the grace is left.
    /// </summary>
    public Task EndAsync(Delivery delivery, bool anySent, bool isComplete, CancellationToken cancellation)
    {
        if (!anySent && delivery.IsFirst)
        {
            return SentBy(delivery).ExecuteUpdateAsync(set => set
                .SetProperty(url => url.StreamId, (Guid?)null)
                .SetProperty(url => url.RedeemedAt, (DateTimeOffset?)null)
                .SetProperty(url => url.LeaseUntil, (DateTimeOffset?)null)
                .SetProperty(url => url.ServedRevision, (int?)null)
                .SetProperty(url => url.ServedSet, (PaletteSet?)null), cancellation);
        }

        if (!isComplete)
        {
            return SentBy(delivery).ExecuteUpdateAsync(set => set.SetProperty(url => url.StreamId, (Guid?)null), cancellation);
        }

        return batches.CompleteAsync(delivery).WaitAsync(cancellation);
    }

    private IQueryable<OneTimeUrl> SentBy(Delivery delivery) =>
        context.OneTimeUrls.Where(url => url.TokenHash == delivery.TokenHash && url.StreamId == delivery.StreamId);

    // Looking was only to give the reason. This statement decides.
    private async Task<Delivery?> TakeAsync(byte[] tokenHash, Link link, bool isResume, CancellationToken cancellation)
    {
        var view = link.Resolve(isResume);
        var now = time.GetUtcNow();
        var lease = now + options.Value.DeliveryLease;
        var stale = now - options.Value.StreamTimeout;
        var previous = link.StreamId;
        var streamId = Guid.CreateVersion7(now);
        var taken = await context.OneTimeUrls
            .Where(url => url.TokenHash == tokenHash && url.ImageId == link.ImageId && url.RevokedAt == null && url.StreamId == previous
                && (previous == null || isResume || url.StreamSeenAt <= stale)
                && (link.IsRedeemed
                    ? url.LeaseUntil > now && (url.CompletedAt == null || isResume)
                    : url.RedeemedAt == null && url.ExpiresAt > now))
            .ExecuteUpdateAsync(set => set
                .SetProperty(url => url.RedeemedAt, url => url.RedeemedAt ?? now)
                .SetProperty(url => url.LeaseUntil, url => url.LeaseUntil ?? lease)
                .SetProperty(url => url.StreamId, streamId)
                .SetProperty(url => url.StreamSeenAt, now)
                .SetProperty(url => url.ServedRevision, view.Names.Revision)
                .SetProperty(url => url.ServedSet, view.PaletteSet), cancellation);
        if (taken == 0)
        {
            return null;
        }

        if (previous is { } replaced)
        {
            streams.Stop(replaced);
        }

        return link.Deliver(tokenHash, streamId, isResume, isFirst: !link.IsRedeemed);
    }

    private string? Refuse(Link? link, bool isResume) =>
        link is null ? ErrorCodes.NotFound : link.Refuse(isResume, time.GetUtcNow(), options.Value.StreamTimeout);

    // A trace of its own, as its caller is not to be trusted with one, linked to that of the upload.
    private static void Trace((string? TraceId, string? SpanId) upload, Guid? eventId, Guid? visitorId, int? revision)
    {
        Activity.Current.LinkTo(upload.TraceId, upload.SpanId);
        Activity.Current?
            .SetTag(TelemetryAttributes.EventId, eventId)
            .SetTag(TelemetryAttributes.VisitorId, visitorId)
            .SetTag(TelemetryAttributes.ImageRevision, revision);
    }

    private Task<bool> StartAsync(WantedPainting missing, CancellationToken cancellation) => context.InTransactionAsync(async token =>
    {
        var images = await context.HoldImagesAsync([missing.ImageId], token);
        if (!images.TryGetValue(missing.ImageId, out var image) || image.ServingRevision != missing.Revision)
        {
            return false;
        }

        await context.StartPaintingsAsync([missing], missing.Size, time, token);
        return true;
    }, cancellation);
}
