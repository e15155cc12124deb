using Microsoft.EntityFrameworkCore;
using Repaint.Contracts;
using Repaint.Contracts.Http;

namespace Repaint.ImageGateway.OneTimeUrls;

/// <summary>A link and what it names, as they were at one moment: what may be done with it, and what it would show.</summary>
internal sealed class Link
{
    public Guid ImageId { get; init; }

    public Guid? VisitorId { get; init; }

    public required string Rendition { get; init; }

    public required string Disposition { get; init; }

    public int? PaletteSet { get; init; }

    public DateTimeOffset ExpiresAt { get; init; }

    public DateTimeOffset? RevokedAt { get; init; }

    public bool IsRedeemed { get; init; }

    public DateTimeOffset? LeaseUntil { get; init; }

    public Guid? StreamId { get; init; }

    public DateTimeOffset? StreamSeenAt { get; init; }

    public DateTimeOffset? CompletedAt { get; init; }

    public int? ServedRevision { get; init; }

    public int? ServedSet { get; init; }

    public Guid? EventId { get; init; }

    public int? ServingRevision { get; init; }

    public int? PaletteCount { get; init; }

    public int? CurrentSet { get; init; }

    public string? TraceId { get; init; }

    public string? SpanId { get; init; }

    public bool IsPainted { get; init; }

    /// <summary>Finds a link: one statement, so that image, revision, current set and painting are of the same moment.</summary>
    public static async Task<Link?> FindAsync(
        GatewayDbContext context, byte[] tokenHash, Guid imageId, CancellationToken cancellation) =>
        (await context.Database.SqlQuery<Link>($"""
        SELECT url.image_id, url.visitor_id, url.rendition, url.disposition, url.palette_set, url.expires_at, url.revoked_at,
            url.redeemed_at IS NOT NULL AS is_redeemed, url.lease_until, url.stream_id, url.stream_seen_at, url.completed_at,
            url.served_revision, url.served_set, image.event_id, image.serving_revision, revision.palette_count,
            revision.trace_id, revision.span_id, picture.current_set,
            EXISTS (
                SELECT FROM renderings AS painting
                WHERE painting.image_id = image.id AND painting.revision = image.serving_revision
                  AND painting.palette_set = coalesce(url.palette_set, picture.current_set)
                  AND painting.size = CASE WHEN url.rendition = 'Full' THEN 'Full' ELSE 'View' END
                  AND painting.state = 'Ready') AS is_painted
        FROM one_time_urls AS url
        LEFT JOIN images AS image ON image.id = url.image_id
        LEFT JOIN image_revisions AS revision ON revision.image_id = image.id AND revision.revision = image.serving_revision
        LEFT JOIN visitor_pictures AS picture ON picture.image_id = image.id AND picture.visitor_id = url.visitor_id
        WHERE url.token_hash = {tokenHash} AND url.image_id = {imageId}
        """).ToListAsync(cancellation)).SingleOrDefault();

    /// <summary>Why the link is not to be used now, one of <see cref="ErrorCodes"/>; null when it may be.</summary>
    public string? Refuse(bool isResume, DateTimeOffset now, TimeSpan streamTimeout) => this switch
    {
        { RevokedAt: not null } or { EventId: null } => ErrorCodes.UrlRevoked,
        { IsRedeemed: true } when LeaseUntil <= now || (!isResume && (CompletedAt is not null || IsSending(now, streamTimeout)))
            => ErrorCodes.UrlUsed,
        { IsRedeemed: false } when ExpiresAt <= now => ErrorCodes.UrlExpired,
        { ServingRevision: null } => ErrorCodes.NotReady,
        _ => Resolve(isResume).Missing is null ? null : ErrorCodes.NotReady,
    };

    /// <summary>What it shows; a resume goes on with what the delivery began with.</summary>
    public View Resolve(bool isResume)
    {
        var isPinned = isResume && ServedRevision is not null;
        var set = isPinned ? ServedSet : PaletteSet ?? CurrentSet;
        return View.Of(
            new ImageBlobNames(EventId!.Value, ImageId, (isPinned ? ServedRevision : ServingRevision)!.Value),
            PaletteCount ?? Contracts.PaletteSet.MaxPalettes,
            Enum.Parse<Rendition>(Rendition),
            new PaletteSet((ushort)(set ?? 0)),
            showsCurrent: VisitorId is not null && PaletteSet is null,
            isReady: isPinned || IsPainted);
    }

    /// <summary>What the link may be delivered as.</summary>
    public Delivery Deliver(byte[] tokenHash, Guid? streamId, bool isResume, bool isFirst) =>
        new(tokenHash, Resolve(isResume), Enum.Parse<Disposition>(Disposition), streamId, isFirst);

    private bool IsSending(DateTimeOffset now, TimeSpan streamTimeout) => StreamId is not null && StreamSeenAt > now - streamTimeout;
}
