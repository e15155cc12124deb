using Azure.Storage.Blobs;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Repaint.Clustering;
using Repaint.Clustering.Decoding;
using Repaint.Contracts;
using Repaint.Contracts.Messages;
using Repaint.Imaging;
using Repaint.Imaging.Palettes;
using Repaint.Messaging;
using Repaint.Tests.Imaging;
using Repaint.Tests.Infrastructure;

namespace Repaint.Tests.Clustering;

public sealed class ClusterImageHandlerTests(AzuriteFixture azurite)
{
    private static readonly MessageContext Context = new(QueueNames.Clustering, "id", DeliveryCount: 1, EnqueuedAt: null);

    private readonly ClusterImage _message = new(Guid.CreateVersion7(), Guid.CreateVersion7(), Revision: 1, Attempt: 1, PaletteCount: 8);
    private readonly RecordingSender _sender = new();

    private ImageBlobNames Names => new(_message.EventId, _message.ImageId, _message.Revision);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Handle_Photo_StoresPartsTellsAndDeletesUpload()
    {
        var container = await UploadAsync(TestImages.WithSegment(TestImages.Astronaut, 0xe1, TestImages.Exif(6)));

        await HandleAsync(container);

        var blobs = await StoredBlobs.ListAsync(container, Names.Prefix);
        Assert.Equal(
            ["clusters.png", "original.jpg", "original.thumbnail.jpg", "original.view.jpg", "sketch.jpg", "sketch.thumbnail.jpg"], blobs.Keys);
        Assert.All(blobs, blob => Assert.StartsWith(blob.Key.EndsWith("png") ? "image/png" : "image/jpeg", blob.Value));
        Assert.Equal(new ClusteringStarted(_message.ImageId, 1, 1), _sender.Sent[0]);
        var completed = Assert.IsType<ClusteringCompleted>(_sender.Sent[1]);
        Assert.Equal((512, 512, 1), (completed.Width, completed.Height, completed.Attempt));
        Assert.Equal(Enumerable.Range(0, 8), completed.Palettes.Select(palette => palette.Id));
        Assert.Equal(1, completed.Palettes.Sum(palette => palette.Share), precision: 6);
        Assert.All(completed.Palettes, palette => Assert.Matches("^#[0-9a-f]{6}$", palette.Colour));
        var map = ClusterMap.FromPng((await container.GetBlobClient(Names.Clusters).DownloadContentAsync(Cancellation)).Value.Content.ToMemory().Span);
        Assert.Equal(completed.Palettes.Select(palette => palette.Colour), map.Colours.Select(colour => colour.ToString()));
        Assert.Equal(completed.Palettes.Select(palette => palette.Name.En), map.Names().Select(name => name.En));
    }

    [Fact]
    public async Task Handle_SameMessageAgain_ChangesNothingAndTellsTheSame()
    {
        var container = await UploadAsync(TestImages.WithSegment(TestImages.Astronaut, 0xe1, TestImages.Exif(6)));
        await HandleAsync(container);
        var before = await StoredBlobs.ListAsync(container, Names.Prefix);

        await HandleAsync(container);

        Assert.Equal(before, await StoredBlobs.ListAsync(container, Names.Prefix));
        var (first, second) = (Assert.IsType<ClusteringCompleted>(_sender.Sent[1]), Assert.IsType<ClusteringCompleted>(_sender.Sent[^1]));
        Assert.Equal(3, _sender.Sent.Count);
        Assert.Equal(first with { Palettes = [] }, second with { Palettes = [] });
        Assert.Equal(first.Palettes, second.Palettes);
    }

    [Fact]
    public async Task Handle_BrokerAwayAtTheEnd_KeepsUploadAndTheNextTryStoresTheSame()
    {
        var container = await UploadAsync(TestImages.WithSegment(TestImages.Astronaut, 0xe1, TestImages.Exif(8)));
        _sender.Refused.Add(typeof(ClusteringCompleted));
        await Assert.ThrowsAsync<MessagingException>(() => HandleAsync(container));
        var before = await StoredBlobs.ListAsync(container, Names.Prefix);
        Assert.Contains("upload", before.Keys);

        _sender.Refused.Clear();
        await HandleAsync(container);

        before.Remove("upload");
        Assert.Equal(before, await StoredBlobs.ListAsync(container, Names.Prefix));
        Assert.IsType<ClusteringCompleted>(_sender.Sent[^1]);
    }

    [Fact]
    public async Task Handle_NewsOfTheBeginningNotTaken_TellsNoEndAndTheNextTryDoes()
    {
        var container = await UploadAsync(TestImages.Astronaut);
        _sender.Refused.Add(typeof(ClusteringStarted));
        await Assert.ThrowsAsync<MessagingException>(() => HandleAsync(container));
        Assert.Empty(_sender.Sent);
        Assert.Contains("upload", (await StoredBlobs.ListAsync(container, Names.Prefix)).Keys);

        _sender.Refused.Clear();
        await HandleAsync(container);
        Assert.Equal([typeof(ClusteringStarted), typeof(ClusteringCompleted)], _sender.Sent.Select(message => message.GetType()));
    }

    [Fact]
    public async Task Handle_UploadGoneBeforeTheMapExists_WorksFromTheOriginal()
    {
        var container = await azurite.CreateContainerAsync();
        await container.GetBlobClient(Names.Original).UploadAsync(BinaryData.FromBytes(TestImages.Astronaut), Cancellation);

        await HandleAsync(container);

        Assert.IsType<ClusteringCompleted>(_sender.Sent[^1]);
    }

    [Theory]
    [InlineData("no picture", FailureReasons.UnsupportedType)]
    [InlineData("\u00ff\u00d8\u00ff\u00e0 cut off", FailureReasons.Corrupt)]
    public async Task Handle_BadPicture_TellsReasonAndCompletes(string upload, string reason)
    {
        var container = await UploadAsync(System.Text.Encoding.Latin1.GetBytes(upload));

        await HandleAsync(container);

        Assert.Equal(new ClusteringFailed(_message.ImageId, 1, 1, reason), _sender.Sent[^1]);
        Assert.Equal(["upload"], (await StoredBlobs.ListAsync(container, Names.Prefix)).Keys);
    }

    [Fact]
    public async Task Handle_NothingStored_TellsStorageLost()
    {
        await HandleAsync(await azurite.CreateContainerAsync());

        Assert.Equal(new ClusteringFailed(_message.ImageId, 1, 1, FailureReasons.StorageLost), _sender.Sent[^1]);
    }

    [Fact]
    public async Task Handle_StorageAway_ThrowsSoThatTheQueueTriesAgain()
    {
        var gone = await azurite.CreateContainerAsync();
        await gone.DeleteAsync(cancellationToken: Cancellation);

        await Assert.ThrowsAsync<Azure.RequestFailedException>(() => HandleAsync(gone));
        Assert.DoesNotContain(_sender.Sent, message => message is ClusteringFailed);
    }

    [Fact]
    public void ReasonOf_EveryRejection_IsAFailureReason()
    {
        string[] known = [FailureReasons.Corrupt, FailureReasons.UnsupportedType, FailureReasons.TooLarge, FailureReasons.TooSmall, FailureReasons.Animated];
        Assert.Equal(known.Order(), Enum.GetValues<RejectionReason>().Select(ClusterImageHandler.ReasonOf).Order());
    }

    private async Task<BlobContainerClient> UploadAsync(byte[] bytes)
    {
        var container = await azurite.CreateContainerAsync();
        await container.GetBlobClient(Names.Upload).UploadAsync(BinaryData.FromBytes(bytes), Cancellation);
        return container;
    }

    private async Task HandleAsync(BlobContainerClient container)
    {
        using var telemetry = new ClusteringTelemetry(new TestMeters(), TimeProvider.System);
        var options = Options.Create(new ClusteringOptions());
        var guard = new HangGuard(options, TimeProvider.System, NullLogger<HangGuard>.Instance);
        var handler = new ClusterImageHandler(
            container, _sender, new MemoryBudget(options), guard, telemetry, NullLogger<ClusterImageHandler>.Instance);
        await handler.HandleAsync(_message, Context, Cancellation);
    }
}
