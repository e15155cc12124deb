using System.Diagnostics;
using Azure.Storage.Blobs;
using Repaint.Contracts;
using Repaint.Contracts.Messages;
using Repaint.Imaging;
using Repaint.Imaging.Painting;
using Repaint.Imaging.Palettes;
using Repaint.Messaging;

namespace Repaint.Generation;

/// <summary>
/// Paints a set of palettes into a photograph's sketch, stores it, tells the gateway. A painting that exists is only told
/// of again: it depends on nothing but photograph, revision and set.
/// </summary>
internal sealed partial class PaintRenderingHandler(
    BlobContainerClient container, IMessageSender sender, GenerationTelemetry telemetry, ILogger<PaintRenderingHandler> logger)
    : IMessageHandler<PaintRendering>
{
    public async Task HandleAsync(PaintRendering message, MessageContext context, CancellationToken cancellation)
    {
        Tag(message);
        var names = new ImageBlobNames(message.EventId, message.ImageId, message.Revision);
        var store = new PaintingStore(container, names, message.PaletteSet, message.Size);
        if (await store.IsPaintedAsync(cancellation))
        {
            await CompleteAsync(message, cancellation);
            return;
        }

        // The work does not wait until the broker has taken the news that it goes on.
        var work = PaintAsync(message, store, cancellation);
        await Task.WhenAll(
            sender.SendAsync(
                new PaintingStarted(message.ImageId, message.Revision, message.PaletteSet, message.Size, message.Attempt), cancellation),
            work);
        if (await work is { } reason)
        {
            await FailAsync(message, reason, cancellation);
            return;
        }

        await CompleteAsync(message, cancellation);
    }

    /// <summary>Null when it is painted and stored, or why it cannot be.</summary>
    private async Task<string?> PaintAsync(PaintRendering message, PaintingStore store, CancellationToken cancellation)
    {
        if (await telemetry.StageAsync("read", () => store.ReadPartsAsync(cancellation)) is not { } parts)
        {
            return FailureReasons.StorageLost;
        }

        try
        {
            // A thread of its own: the pool's have locks to renew.
            var (painting, thumbnail) = await Task.Factory.StartNew(
                () => Paint(message, parts), cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            await telemetry.StageAsync("store", async () =>
            {
                await store.WriteAsync(painting, thumbnail, cancellation);
                return painting;
            });
            return null;
        }
        catch (ImageRejectedException exception)
        {
            Log.Damaged(logger, message.ImageId, message.Revision, exception);
            return FailureReasons.Corrupt;
        }
    }

    private (byte[] Painting, byte[]? Thumbnail) Paint(PaintRendering message, PaintingParts parts)
    {
        var map = telemetry.Stage("decode", () => ClusterMap.FromPng(parts.Map.Span));
        if (!message.PaletteSet.FitsIn(map.Colours.Count))
        {
            throw new PermanentMessageException(
                "palette-unknown", $"Set {message.PaletteSet} has palettes that an image of {map.Colours.Count} has not.");
        }

        return telemetry.Stage<(byte[], byte[]?)>("paint", () =>
        {
            if (message.Size == RenderingSize.Full)
            {
                return (Painter.PaintFull(parts.Photo.Span, parts.Sketch.Span, map, message.PaletteSet.Mask), null);
            }

            var painting = Painter.PaintForScreen(parts.Photo.Span, parts.Sketch.Span, map, message.PaletteSet.Mask);
            return (painting.View, painting.Thumbnail);
        });
    }

    private async Task CompleteAsync(PaintRendering message, CancellationToken cancellation)
    {
        await sender.SendAsync(
            new PaintingCompleted(message.ImageId, message.Revision, message.PaletteSet, message.Size, message.Attempt), cancellation);
        telemetry.Count(RenderingState.Ready, reason: null);
        Activity.Current?.SetTag(TelemetryAttributes.State, TelemetryAttributes.ValueOf(RenderingState.Ready));
        Log.Painted(logger, message.ImageId, message.Revision, message.PaletteSet, message.Size);
    }

    private async Task FailAsync(PaintRendering message, string reason, CancellationToken cancellation)
    {
        await sender.SendAsync(
            new PaintingFailed(message.ImageId, message.Revision, message.PaletteSet, message.Size, message.Attempt, reason), cancellation);
        telemetry.Count(RenderingState.Failed, reason);
        Activity.Current?.SetTag(TelemetryAttributes.Reason, reason)
            .SetTag(TelemetryAttributes.State, TelemetryAttributes.ValueOf(RenderingState.Failed));
    }

    private static void Tag(PaintRendering message) => Activity.Current?
        .SetTag(TelemetryAttributes.EventId, message.EventId)
        .SetTag(TelemetryAttributes.ImageId, message.ImageId)
        .SetTag(TelemetryAttributes.ImageRevision, message.Revision)
        .SetTag(TelemetryAttributes.PaletteSet, message.PaletteSet.ToString())
        .SetTag(TelemetryAttributes.Attempt, message.Attempt);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Image {ImageId} revision {Revision}: painted {PaletteSet}, {Size}")]
        public static partial void Painted(ILogger logger, Guid imageId, int revision, PaletteSet paletteSet, RenderingSize size);

        [LoggerMessage(2, LogLevel.Error, "Image {ImageId} revision {Revision}: a stored part is damaged")]
        public static partial void Damaged(ILogger logger, Guid imageId, int revision, Exception exception);
    }
}
