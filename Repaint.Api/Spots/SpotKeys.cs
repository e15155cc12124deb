using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Repaint.Api.Members;
using Repaint.Api.Persistence;

namespace Repaint.Api.Spots;

internal static class SpotKeys
{
    /// <summary>The key that signs the event's codes now.</summary>
    public static Task<SpotKey> CurrentSpotKeyAsync(this RepaintDbContext context, Guid eventId, CancellationToken cancellation) =>
        context.SpotKeys.AsNoTracking().SingleAsync(key => key.EventId == eventId && key.RetiresAt == null, cancellation);

    /// <summary>
    /// Replaces the key. Codes of older keys live until <paramref name="oldUntil"/>, or as long as an earlier rotation gave
    /// them if that is shorter: who rotates because a code leaked must not be outlasted by it.
    /// </summary>
    public static Task RotateSpotKeyAsync(
        this RepaintDbContext context, Guid eventId, DateTimeOffset oldUntil, DateTimeOffset now, CancellationToken cancellation) =>
        context.InTransactionAsync(async token =>
        {
            // Of two rotations at once, one comes after the other.
            await context.LockEventAsync(eventId, token);
            var number = ((await context.CurrentSpotKeyAsync(eventId, token)).KeyNo + 1) % SpotKey.Numbers;
            await context.Database.ExecuteSqlAsync($"""
                UPDATE spot_keys SET retires_at = LEAST(retires_at, {oldUntil}) WHERE event_id = {eventId}
                """, token);
            await context.SpotKeys
                .Where(key => key.EventId == eventId && (key.RetiresAt <= now || key.KeyNo == number))
                .ExecuteDeleteAsync(token);
            context.Add(new SpotKey
            {
                EventId = eventId,
                KeyNo = number,
                Secret = RandomNumberGenerator.GetBytes(SpotKey.Length),
                CreatedAt = now,
            });
            await context.SaveChangesAsync(token);
        }, cancellation);
}
