using System.Diagnostics;
using Azure.Storage.Blobs;
using Repaint.Clustering.Decoding;
using Repaint.Contracts;
using Repaint.Contracts.Messages;
using Repaint.Imaging;
using Repaint.Imaging.Inspection;
using Repaint.Imaging.Normalising;
using Repaint.Imaging.Palettes;
using Repaint.Messaging;

namespace Repaint.Clustering;

/// <summary>
/// Takes a photograph apart: reads the upload, stores its parts, tells the gateway. Done twice, it writes the same bytes and
/// tells the same.
/// </summary>
internal sealed partial class ClusterImageHandler(
    BlobContainerClient container,
    IMessageSender sender,
    MemoryBudget budget,
    HangGuard guard,
    ClusteringTelemetry telemetry,
    ILogger<ClusterImageHandler> logger)
    : IMessageHandler<ClusterImage>
{
    public async Task HandleAsync(ClusterImage message, MessageContext context, CancellationToken cancellation)
    {
        Tag(message);
        var store = new PhotoStore(container, new ImageBlobNames(message.EventId, message.ImageId, message.Revision));
        try
        {
            var upload = await telemetry.StageAsync("read", () => store.ReadUploadAsync(cancellation));
            if (upload is null && await store.ReadFinishedAsync(cancellation) is var (width, height, map))
            {
                await CompleteAsync(message, width, height, map, cancellation);
                return;
            }

            if ((upload ?? await store.ReadOriginalAsync(cancellation)) is not { } photo)
            {
                await FailAsync(message, FailureReasons.StorageLost, cancellation);
                return;
            }

            // The work does not wait until the broker has taken the news that it goes on.
            var work = TakeApartAsync(store, photo.ToMemory(), message.PaletteCount, cancellation);
            await Task.WhenAll(
                sender.SendAsync(new ClusteringStarted(message.ImageId, message.Revision, message.Attempt), cancellation), work);
            var parts = await work;
            await CompleteAsync(message, parts.Width, parts.Height, parts.Map, cancellation);
            await store.DeleteUploadAsync(cancellation);
        }
        catch (ImageRejectedException exception)
        {
            Log.Rejected(logger, message.ImageId, message.Revision, exception.Reason, exception);
            await FailAsync(message, ReasonOf(exception.Reason), cancellation);
        }
    }

    private async Task<PhotoParts> TakeApartAsync(
        PhotoStore store, ReadOnlyMemory<byte> photo, int paletteCount, CancellationToken cancellation)
    {
        var parts = await MakeAsync(photo, paletteCount, cancellation);
        return await telemetry.StageAsync("store", async () =>
        {
            await store.WriteAsync(parts, cancellation);
            return parts;
        });
    }

    private async Task<PhotoParts> MakeAsync(ReadOnlyMemory<byte> photo, int paletteCount, CancellationToken cancellation)
    {
        var need = PhotoNormaliser.EstimateMemory(ImageInspector.Inspect(photo, ImageLimits.Default));
        using var reserved = await budget.ReserveAsync(need, cancellation);
        return await guard.RunAsync(() => PhotoParts.Make(photo, paletteCount, telemetry), cancellation);
    }

    internal static string ReasonOf(RejectionReason reason) => reason switch
    {
        RejectionReason.Corrupt => FailureReasons.Corrupt,
        RejectionReason.UnsupportedType => FailureReasons.UnsupportedType,
        RejectionReason.TooLarge => FailureReasons.TooLarge,
        RejectionReason.TooSmall => FailureReasons.TooSmall,
        RejectionReason.Animated => FailureReasons.Animated,
        _ => throw new ArgumentOutOfRangeException(nameof(reason)),
    };

    private async Task CompleteAsync(ClusterImage message, int width, int height, ClusterMap map, CancellationToken cancellation)
    {
        await sender.SendAsync(
            new ClusteringCompleted(message.ImageId, message.Revision, message.Attempt, width, height, PhotoParts.Describe(map)), cancellation);
        telemetry.Count(ImageState.Clustered, reason: null);
        Activity.Current?.SetTag(TelemetryAttributes.State, TelemetryAttributes.ValueOf(ImageState.Clustered));
        Log.Clustered(logger, message.ImageId, message.Revision, width, height, map.Colours.Count);
    }

    private async Task FailAsync(ClusterImage message, string reason, CancellationToken cancellation)
    {
        await sender.SendAsync(new ClusteringFailed(message.ImageId, message.Revision, message.Attempt, reason), cancellation);
        telemetry.Count(ImageState.Failed, reason);
        Activity.Current?.SetTag(TelemetryAttributes.Reason, reason)
            .SetTag(TelemetryAttributes.State, TelemetryAttributes.ValueOf(ImageState.Failed));
    }

    private static void Tag(ClusterImage message) => Activity.Current?
        .SetTag(TelemetryAttributes.EventId, message.EventId)
        .SetTag(TelemetryAttributes.ImageId, message.ImageId)
        .SetTag(TelemetryAttributes.ImageRevision, message.Revision)
        .SetTag(TelemetryAttributes.Attempt, message.Attempt);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Image {ImageId} revision {Revision}: {Width} × {Height} pixels in {Palettes} palettes")]
        public static partial void Clustered(ILogger logger, Guid imageId, int revision, int width, int height, int palettes);

        [LoggerMessage(2, LogLevel.Warning, "Image {ImageId} revision {Revision} is refused: {Reason}")]
        public static partial void Rejected(ILogger logger, Guid imageId, int revision, RejectionReason reason, Exception exception);
    }
}
