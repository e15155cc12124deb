using Repaint.Api.Members;
using Repaint.Api.Persistence;
using Repaint.Contracts.Http;

namespace Repaint.Api.Images;

/// <summary>Images as staff see them, with the address of who sent them.</summary>
internal static class ImageDetailsReader
{
    public static async Task<IReadOnlyList<ImageDetails>> DetailsAsync(
        this RepaintDbContext context, Guid eventId, IReadOnlyCollection<Image> images, CancellationToken cancellation)
    {
        var emails = await context.EmailsAsync(eventId, images.Select(image => image.SentBy), cancellation);
        return [.. images.Select(image => new ImageDetails(
            image.Id, image.VisitorId, image.Revision, image.State, image.Attempt, image.Reason, image.TraceId,
            image.Palettes ?? [], image.CreatedAt, image.UpdatedAt, image.ServingRevision, image.SentBy,
            image.SentBy is { } sender ? emails.GetValueOrDefault(sender) : null))];
    }
}
