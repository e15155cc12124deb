using Azure.Storage.Blobs;
using Microsoft.Extensions.Logging.Abstractions;
using Repaint.Contracts;
using Repaint.Contracts.Messages;
using Repaint.Generation;
using Repaint.Imaging.Normalising;
using Repaint.Imaging.Palettes;
using Repaint.Imaging.Sketching;
using Repaint.Messaging;
using Repaint.Tests.Imaging;
using Repaint.Tests.Infrastructure;

namespace Repaint.Tests.Generation;

public sealed class PaintRenderingHandlerTests(AzuriteFixture azurite)
{
    private static readonly MessageContext Context = new(QueueNames.Generation, "id", DeliveryCount: 1, EnqueuedAt: null);

    private readonly PaintRendering _message = new(
        Guid.CreateVersion7(), Guid.CreateVersion7(), Revision: 2, PaletteSet.Of(0, 3), RenderingSize.View, Attempt: 1);

    private readonly RecordingSender _sender = new();

    private ImageBlobNames Names => new(_message.EventId, _message.ImageId, _message.Revision);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Handle_View_StoresViewAndThumbnailAndTells()
    {
        var container = await StorePartsAsync();

        await HandleAsync(container, _message);

        var blobs = await StoredBlobs.ListAsync(container, Names.Prefix + "renderings/");
        Assert.Equal(["0009.thumbnail.jpg", "0009.view.jpg"], blobs.Keys);
        Assert.Equal(
            [
                new PaintingStarted(_message.ImageId, 2, _message.PaletteSet, RenderingSize.View, 1),
                new PaintingCompleted(_message.ImageId, 2, _message.PaletteSet, RenderingSize.View, 1),
            ],
            _sender.Sent);
    }

    [Fact]
    public async Task Handle_Full_StoresThePaintingAtFullSize()
    {
        var container = await StorePartsAsync();

        await HandleAsync(container, _message with { Size = RenderingSize.Full });

        var painting = await container.GetBlobClient(Names.RenderingFull(_message.PaletteSet)).DownloadContentAsync(Cancellation);
        using var decoded = TestImages.Decode(painting.Value.Content.ToMemory().Span);
        Assert.Equal((1920, 1080), (decoded.Width, decoded.Height));
    }

    [Fact]
    public async Task Handle_SameMessageAgain_ChangesNothingAndTellsTheSame()
    {
        var container = await StorePartsAsync();
        await HandleAsync(container, _message);
        var before = await LastModifiedAsync(container);

        await HandleAsync(container, _message);

        Assert.Equal(before, await LastModifiedAsync(container));
        Assert.Equal(_sender.Sent[1], _sender.Sent[^1]);
        Assert.Equal(3, _sender.Sent.Count);
    }

    [Fact]
    public async Task Handle_NewsOfTheBeginningNotTaken_TellsNoEndAndTheNextTryDoes()
    {
        var container = await StorePartsAsync();
        _sender.Refused.Add(typeof(PaintingStarted));
        await Assert.ThrowsAsync<MessagingException>(() => HandleAsync(container, _message));
        Assert.Empty(_sender.Sent);

        _sender.Refused.Clear();
        await HandleAsync(container, _message);
        Assert.Equal(new PaintingCompleted(_message.ImageId, 2, _message.PaletteSet, RenderingSize.View, 1), _sender.Sent[^1]);
    }

    [Fact]
    public async Task Handle_PartLost_TellsStorageLost()
    {
        var container = await StorePartsAsync();
        await container.DeleteBlobAsync(Names.Sketch, cancellationToken: Cancellation);

        await HandleAsync(container, _message);

        AssertFailed(FailureReasons.StorageLost);
    }

    [Fact]
    public async Task Handle_PartDamaged_TellsCorrupt()
    {
        var container = await StorePartsAsync();
        await container.GetBlobClient(Names.Clusters).UploadAsync(BinaryData.FromString("no map"), overwrite: true, Cancellation);

        await HandleAsync(container, _message);

        AssertFailed(FailureReasons.Corrupt);
    }

    [Fact]
    public async Task Handle_PaletteThatTheImageHasNot_IsPermanent()
    {
        var container = await StorePartsAsync();

        await Assert.ThrowsAsync<PermanentMessageException>(() => HandleAsync(container, _message with { PaletteSet = PaletteSet.Of(12) }));
    }

    private void AssertFailed(string reason) => Assert.Equal(
        new PaintingFailed(_message.ImageId, 2, _message.PaletteSet, RenderingSize.View, 1, reason), _sender.Sent[^1]);

    private async Task<BlobContainerClient> StorePartsAsync()
    {
        var container = await azurite.CreateContainerAsync();
        using var photo = PhotoNormaliser.Normalise(TestImages.Dandelions);
        using var sketch = PencilSketch.Draw(photo);
        await StoreAsync(Names.Original, photo.Original.ToArray());
        await StoreAsync(Names.OriginalView, photo.EncodeView());
        await StoreAsync(Names.Sketch, sketch.Encode());
        await StoreAsync(Names.Clusters, PaletteClusterer.Cluster(photo, sketch, 8).ToPng());
        return container;

        Task StoreAsync(string name, byte[] bytes) => container.GetBlobClient(name).UploadAsync(BinaryData.FromBytes(bytes), Cancellation);
    }

    private static async Task<List<string>> LastModifiedAsync(BlobContainerClient container)
    {
        var blobs = new List<string>();
        await foreach (var blob in container.GetBlobsAsync(cancellationToken: Cancellation))
        {
            blobs.Add($"{blob.Name} {blob.Properties.ETag}");
        }

        return blobs;
    }

    private async Task HandleAsync(BlobContainerClient container, PaintRendering message)
    {
        using var telemetry = new GenerationTelemetry(new TestMeters(), TimeProvider.System);
        var handler = new PaintRenderingHandler(container, _sender, telemetry, NullLogger<PaintRenderingHandler>.Instance);
        await handler.HandleAsync(message, Context, Cancellation);
    }
}
