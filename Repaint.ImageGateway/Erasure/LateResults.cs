using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Repaint.Contracts;

namespace Repaint.ImageGateway.Erasure;

/// <summary>Results for something erased meanwhile: they are thrown away, and so are the blobs they tell of.</summary>
internal sealed partial class LateResults(
    GatewayDbContext context, ErasureSignal signal, TimeProvider time, IOptions<GatewayOptions> options, ILogger<LateResults> logger)
{
    /// <summary>Orders the blobs of a revision to be erased again, if the revision is gone.</summary>
    public async Task EraseAsync(Guid imageId, int revision, CancellationToken cancellation)
    {
        var erase = await context.InTransactionAsync(async token =>
        {
            var now = time.GetUtcNow();
            var image = await context.Images.AsNoTracking().SingleOrDefaultAsync(image => image.Id == imageId, token);
            if (image is null)
            {
                return await context.Erasures
                    .Where(erasure => erasure.SubjectId == imageId && erasure.Kind == ErasureKind.Image)
                    .ExecuteUpdateAsync(set => set.SetProperty(erasure => erasure.NextRunAt, now), token) > 0;
            }

            // The same result twice, or one of an earlier attempt; or of a revision that is still to come, which keeps its blobs.
            if (revision > image.LastRevision
                || await context.Revisions.AnyAsync(row => row.ImageId == imageId && row.Revision == revision, token))
            {
                return false;
            }

            await context.OrderRevisionErasureAsync(
                new ImageBlobNames(image.EventId, imageId, revision), now, now + options.Value.ErasureMemory, token);
            return true;
        }, cancellation);
        if (erase)
        {
            Log.ThrownAway(logger, imageId, revision);
            signal.Set();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "A result for image {ImageId} revision {Revision} came after its erasure: thrown away.")]
        public static partial void ThrownAway(ILogger logger, Guid imageId, int revision);
    }
}
