using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Repaint.Api.Images;
using Repaint.Api.Persistence;
using Repaint.Contracts.Http;

namespace Repaint.Api.Feed;

/// <summary>What changed in an event since a position; null changes when that was too much, or cannot be told.</summary>
internal sealed record FeedBatch(FeedPosition Position, IReadOnlyList<FeedItem>? Changes);

/// <summary>A change, and the transaction that made it: by the two a stream knows what it has sent.</summary>
internal sealed record FeedItem(Guid ImageId, ulong ChangedIn, FeedChange Change);

/// <summary>
/// Reads changes in the order of their transactions. A transaction that had not ended when the position was taken may
/// turn up later with an older number; therefore a position never passes one that is under way, and what was changed
/// since may be read twice, but nothing is ever missed.
/// </summary>
internal sealed class FeedReader(IDbContextFactory<RepaintDbContext> contexts, TimeProvider time)
{
    /// <summary>Beyond it loading a page is cheaper than hearing of each.</summary>
    public const int MaxChanges = 500;

    /// <summary>Null when the caller is not a member (any more).</summary>
    public async Task<FeedBatch?> ReadAsync(Guid eventId, string subject, FeedPosition? since, CancellationToken cancellation)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellation);
        var now = time.GetUtcNow();
        // First: what is read afterwards is at least as new.
        var horizons = await context.Database.SqlQuery<string>($"""
            SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS "Value" FROM event_members
            WHERE event_id = {eventId} AND subject = {subject}
            """).ToListAsync(cancellation);
        if (horizons.Count == 0)
        {
            return null;
        }

        var position = new FeedPosition(ulong.Parse(horizons[0], CultureInfo.InvariantCulture), now);
        // A position from the future is one of another database: this one was restored.
        return since is null || since.Transaction > position.Transaction
            ? new FeedBatch(position, null)
            : new FeedBatch(position, await ChangesAsync(context, eventId, since.Transaction, cancellation));
    }

    private static async Task<IReadOnlyList<FeedItem>?> ChangesAsync(
        RepaintDbContext context, Guid eventId, ulong since, CancellationToken cancellation)
    {
        var images = await context.Images.AsNoTracking()
            .Where(image => image.EventId == eventId && image.ChangedIn >= since)
            .OrderBy(image => image.ChangedIn).Take(MaxChanges + 1)
            .ToListAsync(cancellation);
        var erased = await context.ErasedImages.AsNoTracking()
            .Where(image => image.EventId == eventId && image.ChangedIn >= since)
            .OrderBy(image => image.ChangedIn).Take(MaxChanges + 1)
            .ToListAsync(cancellation);
        if (images.Count + erased.Count > MaxChanges)
        {
            return null;
        }

        var details = await context.DetailsAsync(eventId, images, cancellation);
        return [.. images.Zip(details, (image, shown) => new FeedItem(image.Id, image.ChangedIn, new FeedChange(shown, null)))
            .Concat(erased.Select(gone => new FeedItem(gone.ImageId, gone.ChangedIn, new FeedChange(null, gone.ImageId))))
            .OrderBy(item => item.ChangedIn)];
    }
}
