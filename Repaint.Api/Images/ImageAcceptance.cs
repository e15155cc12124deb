using Microsoft.EntityFrameworkCore;
using Npgsql;
using Repaint.Api.Erasure;
using Repaint.Api.Persistence;
using Repaint.Api.Rendering;
using Repaint.Api.Visitors;
using Repaint.Contracts.Http;

namespace Repaint.Api.Images;

/// <summary>
/// Takes note of what the gateway has stored. Not cancelled with the request: the bytes are safe, and the sender may be gone.
/// </summary>
internal sealed class ImageAcceptance(
    RepaintDbContext context, RenderRequestRelay renderings, ErasureRelay erasures, TimeProvider time)
{
    /// <summary>
    /// Of an event's own: every visitor gets the list of them. Known only when the bytes are, as the same bytes again are
    /// welcome; and not held against an image of which the queue tells first, because whoever sent it got no answer.
    /// </summary>
    public const int MaxEventImages = 100;

    /// <summary>False when the visitor was erased, or the photograph deleted, while the bytes were on their way: they are erased too.</summary>
    public async Task<bool> AcceptPhotoAsync(Guid eventId, Guid visitorId, StoredImage stored, string subject)
    {
        var accepted = await context.InTransactionAsync(async token =>
        {
            var now = time.GetUtcNow();
            var known = await context.Images.AnyAsync(image => image.Id == stored.ImageId, token);
            if (!await context.RegisterAsync(eventId, stored.ImageId, visitorId, now, token))
            {
                return false;
            }

            await NoteRevisionAsync(stored, subject, now, token);
            if (known && !stored.AlreadyStored)
            {
                await context.ChangeVisitorsAsync("", "v.id = @visitor", now, token, new NpgsqlParameter("visitor", visitorId));
            }

            return true;
        }, CancellationToken.None);
        Wake(accepted);
        return accepted;
    }

    /// <summary>
    /// The image that has these bytes: perhaps an older one, and then the new one is erased. Or why there is none: not-found when
    /// the event was erased, limit-reached when it has too many.
    /// </summary>
    public async Task<(AcceptedImage? Image, string? Refused)> AcceptEventImageAsync(Guid eventId, StoredImage stored, string subject)
    {
        var (image, refused) = await context.InTransactionAsync<(AcceptedImage?, string?)>(async token =>
        {
            var now = time.GetUtcNow();
            // Locks the event: of two uploads of the same bytes at once, one sees the other.
            if (!await context.RegisterAsync(eventId, stored.ImageId, null, now, token))
            {
                return (null, ErrorCodes.NotFound);
            }

            var same = await context.Images.AsNoTracking()
                .Where(image => image.EventId == eventId && image.VisitorId == null && image.Sha256 == stored.Sha256)
                .Select(image => new AcceptedImage(image.Id, image.Revision))
                .FirstOrDefaultAsync(token);
            if (same is not null && same.ImageId != stored.ImageId)
            {
                await context.ForgetAsync(stored.ImageId, now, token);
                return (same, null);
            }

            if (await context.Images.CountAsync(image => image.EventId == eventId && image.VisitorId == null, token) > MaxEventImages)
            {
                await context.ForgetAsync(stored.ImageId, now, token);
                return (null, ErrorCodes.LimitReached);
            }

            await NoteRevisionAsync(stored, subject, now, token);
            await context.Images.Where(image => image.Id == stored.ImageId).ExecuteUpdateAsync(
                set => set.SetProperty(image => image.Sha256, stored.Sha256), token);
            return (new AcceptedImage(stored.ImageId, stored.Revision), null);
        }, CancellationToken.None);
        Wake(image?.ImageId == stored.ImageId);
        return (image, refused);
    }

    /// <summary>The state is the gateway's to tell; a revision of which nothing has been heard yet is on its way.</summary>
    private Task<int> NoteRevisionAsync(StoredImage stored, string subject, DateTimeOffset now, CancellationToken cancellation) =>
        stored.AlreadyStored
            ? Task.FromResult(0)
            : context.Database.ExecuteSqlAsync($"""
                UPDATE images SET
                    sent_by = {subject},
                    state = CASE WHEN revision < {stored.Revision} THEN 'stored' ELSE state END,
                    attempt = CASE WHEN revision < {stored.Revision} THEN 1 ELSE attempt END,
                    reason = CASE WHEN revision < {stored.Revision} THEN NULL ELSE reason END,
                    updated_at = CASE WHEN revision < {stored.Revision} THEN {now} ELSE updated_at END,
                    sent_at = {now},
                    revision = GREATEST(revision, {stored.Revision})
                WHERE id = {stored.ImageId}
                """, cancellation);

    private void Wake(bool accepted)
    {
        if (accepted)
        {
            renderings.Wake();
        }
        else
        {
            erasures.Wake();
        }
    }
}
