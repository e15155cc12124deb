using System.Diagnostics;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Repaint.Api.Gateway;
using Repaint.Api.Members;
using Repaint.Api.OpenApi;
using Repaint.Api.Persistence;
using Repaint.Contracts;
using Repaint.Contracts.Http;
using Repaint.ServiceDefaults.Problems;

namespace Repaint.Api.Images;

/// <summary>Photographs and event images on their way to the gateway. Bodies are passed on as they come, never held.</summary>
internal static class UploadEndpoints
{
    /// <summary>The gateway decides what it accepts; this only bounds what one request can make the API carry.</summary>
    private const long MaxBytes = 64L << 20;

    public static void MapUploads(this RouteGroupBuilder oneEvent)
    {
        oneEvent.MapPut("/visitors/{visitorId:guid}/photo", PutPhoto).WithTags("Visitors")
            .WithName("PutVisitorPhoto")
            .WithSummary("Photograph a visitor: raw image bytes; replacing a photograph needs overwrite=true; the same bytes again change nothing")
            .Fails(StatusCodes.Status409Conflict, ErrorCodes.PhotoExists)
            .FailsNotFound().AsUpload();
        oneEvent.MapPost("/images", PostImage).WithTags("Images")
            .WithName("UploadEventImage")
            .WithSummary("Add an image that every visitor of the event can paint: raw image bytes; the same bytes again give the same image")
            .Fails(StatusCodes.Status409Conflict, ErrorCodes.LimitReached)
            .AsUpload();
    }

    private static async Task<Results<Accepted<AcceptedImage>, ProblemHttpResult>> PutPhoto(
        Guid eventId, Guid visitorId, HttpRequest request, StaffMember member, RepaintDbContext context,
        GatewayUploads gateway, ImageAcceptance acceptance, CancellationToken cancellation, [FromQuery] bool overwrite = false)
    {
        var imageId = await context.Visitors
            .Where(visitor => visitor.Id == visitorId && visitor.EventId == eventId)
            .Select(visitor => (Guid?)visitor.PhotoImageId)
            .FirstOrDefaultAsync(cancellation);
        if (imageId is null)
        {
            return NoSuchVisitor();
        }

        var paletteCount = await FreezePaletteCountAsync(context, eventId, cancellation);
        var stored = await gateway.StoreAsync(new Upload(imageId.Value, eventId, visitorId, paletteCount, overwrite), request, cancellation);
        Tag(eventId, visitorId, stored);
        return await acceptance.AcceptPhotoAsync(eventId, visitorId, stored, member.Subject)
            ? Accepted(eventId, stored.ImageId, stored.Revision)
            : NoSuchVisitor();
    }

    private static async Task<Results<Accepted<AcceptedImage>, ProblemHttpResult>> PostImage(
        Guid eventId, HttpRequest request, StaffMember member, RepaintDbContext context,
        GatewayUploads gateway, ImageAcceptance acceptance, TimeProvider time, CancellationToken cancellation)
    {
        var paletteCount = await FreezePaletteCountAsync(context, eventId, cancellation);
        var imageId = Guid.CreateVersion7(time.GetUtcNow());
        var stored = await gateway.StoreAsync(new Upload(imageId, eventId, null, paletteCount, Overwrite: false), request, cancellation);
        Tag(eventId, null, stored);
        return await acceptance.AcceptEventImageAsync(eventId, stored, member.Subject) switch
        {
            ({ } accepted, _) => Accepted(eventId, accepted.ImageId, accepted.Revision),
            (_, ErrorCodes.LimitReached) => Problem.Of(StatusCodes.Status409Conflict, ErrorCodes.LimitReached,
                $"An event has at most {ImageAcceptance.MaxEventImages} images of its own; delete one first."),
            _ => Problem.Of(StatusCodes.Status404NotFound, ErrorCodes.NotFound, "The event has been erased."),
        };
    }

    /// <summary>From the first upload on the number is fixed: an image must not be made for another number than its event has.</summary>
    private static async Task<int> FreezePaletteCountAsync(RepaintDbContext context, Guid eventId, CancellationToken cancellation)
    {
        await context.EventPalettes
            .Where(palettes => palettes.EventId == eventId && !palettes.Frozen)
            .ExecuteUpdateAsync(set => set.SetProperty(palettes => palettes.Frozen, true), cancellation);
        return await context.EventPalettes
            .Where(palettes => palettes.EventId == eventId)
            .Select(palettes => palettes.Counts.Length)
            .FirstAsync(cancellation);
    }

    private static void Tag(Guid eventId, Guid? visitorId, StoredImage stored) => Activity.Current?
        .SetTag(TelemetryAttributes.EventId, eventId)
        .SetTag(TelemetryAttributes.VisitorId, visitorId)
        .SetTag(TelemetryAttributes.ImageId, stored.ImageId)
        .SetTag(TelemetryAttributes.ImageRevision, stored.Revision);

    private static Accepted<AcceptedImage> Accepted(Guid eventId, Guid imageId, int revision) =>
        TypedResults.Accepted($"/api/staff/events/{eventId}/images/{imageId}", new AcceptedImage(imageId, revision));

    private static ProblemHttpResult NoSuchVisitor() =>
        Problem.Of(StatusCodes.Status404NotFound, ErrorCodes.NotFound, "There is no such visitor.");

    private static void AsUpload(this RouteHandlerBuilder route) => route
        .WithMetadata(new RequestSizeLimitAttribute(MaxBytes), new RawImageBody())
        .Fails(StatusCodes.Status413PayloadTooLarge, ErrorCodes.ImageTooLarge)
        .Fails(StatusCodes.Status415UnsupportedMediaType, ErrorCodes.ImageTypeUnsupported)
        .Fails(StatusCodes.Status422UnprocessableEntity, ErrorCodes.ImageInvalid)
        .FailsWithoutGateway();
}
