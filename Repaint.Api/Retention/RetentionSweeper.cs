using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Repaint.Api.Erasure;
using Repaint.Api.Feed;
using Repaint.Api.Persistence;

namespace Repaint.Api.Retention;

/// <summary>
/// Erases events that are past their date, just as their owners would, and forgets what has served its time. Every
/// instance looks; of several that find the same event one erases it.
/// </summary>
internal sealed partial class RetentionSweeper(
    IDbContextFactory<RepaintDbContext> contexts,
    ErasureRelay erasures,
    IOptions<RetentionOptions> options,
    TimeProvider time,
    ILogger<RetentionSweeper> logger) : BackgroundService
{
    /// <summary>How long owners see an invitation that was used or expired.</summary>
    private static readonly TimeSpan InvitationAge = TimeSpan.FromDays(30);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(options.Value.IntervalSeconds), time);
        do
        {
            try
            {
                await SweepAsync(stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                // Whatever it was, the next look finds the same; and a service that ends would take the whole API with it.
                Log.NotSwept(logger, exception);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task SweepAsync(CancellationToken cancellation)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellation);
        var now = time.GetUtcNow();
        var due = await context.Events
            .Where(row => row.RetainUntil <= now)
            .OrderBy(row => row.RetainUntil)
            .Select(row => row.Id)
            .ToListAsync(cancellation);
        foreach (var eventId in due)
        {
            // Asked again in the deleting statement: an owner may just have extended it.
            if (await context.EraseEventAsync(context.Events.Where(row => row.Id == eventId && row.RetainUntil <= now), eventId, now, cancellation))
            {
                erasures.Wake();
                Log.Erased(logger, eventId);
            }
        }

        var forgotten = now - ErasedImage.Remembered - ErasedImage.Remembered;
        await context.ErasedImages.Where(image => image.ErasedAt < forgotten).ExecuteDeleteAsync(cancellation);
        await context.Invitations.Where(invitation => invitation.ExpiresAt < now - InvitationAge).ExecuteDeleteAsync(cancellation);
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Event {EventId} was past its date and has been erased")]
        public static partial void Erased(ILogger logger, Guid eventId);

        [LoggerMessage(LogLevel.Warning, "Could not look for events past their date; trying again")]
        public static partial void NotSwept(ILogger logger, Exception exception);
    }
}
