using System.Net;
using Microsoft.EntityFrameworkCore;
using Repaint.Contracts;
using Repaint.Contracts.Http;
using Repaint.Contracts.Messages;
using Repaint.ImageGateway.Renderings;
using Repaint.ImageGateway.Sweeping;
using Repaint.Tests.Infrastructure;

namespace Repaint.Tests.Gateway;

public sealed class SweepingTests(PostgresFixture postgres, AzuriteFixture azurite) : GatewayTest(postgres, azurite)
{
    private static readonly PaletteSet Set = PaletteSet.Of(1);

    [Fact]
    public async Task A_lost_original_fails_the_image_and_revokes_its_links()
    {
        var (imageId, visitorId) = await ClusteredPhotoAsync();
        var url = await MintUrlAsync(imageId, visitorId);
        await LoseAsync(imageId, LostBlobs.PartsOf(Names(imageId)));

        Assert.Equal((HttpStatusCode.Gone, ErrorCodes.UrlRevoked), await FetchAsync(url));
        var failed = (await OutboxAsync<ImageUpdated>())[^1];
        Assert.Equal((ImageState.Failed, FailureReasons.StorageLost), (failed.State, failed.Reason));
        Assert.Equal(ErrorCodes.NotReady, (await MintAsync(imageId, visitorId)).Code);

        await UploadAsync(TestPictures.Png(), imageId, visitorId);
        await ClusterAsync(imageId, revision: 2);
        Assert.Equal((HttpStatusCode.OK, new ImageBlobNames(EventId, imageId, 2).Sketch), await FetchAsync(await MintUrlAsync(imageId, visitorId)));
    }

    [Fact]
    public async Task Lost_parts_are_made_again_from_the_original_and_so_are_the_paintings()
    {
        var (imageId, visitorId) = await ClusteredPhotoAsync();
        await RequestAsync(new RenderRequest(imageId, visitorId, 1, Set));
        await PaintAsync(imageId, Set);
        var url = await MintUrlAsync(imageId, null);
        await LoseAsync(imageId, Names(imageId).Sketch);

        Assert.Equal((HttpStatusCode.Conflict, ErrorCodes.NotReady), await FetchAsync(url));
        Assert.Equal((HttpStatusCode.Conflict, ErrorCodes.NotReady), await FetchAsync(url));
        Assert.Equal([1, 2], (await OutboxAsync<ClusterImage>()).Select(message => message.Attempt));
        Assert.Equal(
            [Names(imageId).Original, Names(imageId).OriginalThumbnail, Names(imageId).OriginalView, Names(imageId).SketchThumbnail],
            await Host.BlobNamesAsync());

        await ClusterAsync(imageId, attempt: 2);
        Assert.Equal((HttpStatusCode.OK, Names(imageId).Sketch), await FetchAsync(url));
        Assert.Equal([1, 2], (await OutboxAsync<PaintRendering>()).Select(message => message.Attempt));
        await PaintAsync(imageId, Set, attempt: 2);
        Assert.Equal((HttpStatusCode.OK, Names(imageId).RenderingView(Set)), await FetchAsync(await MintUrlAsync(imageId, visitorId)));
        Assert.Equal([new RenderingWaiter(visitorId, 1)], (await OutboxAsync<RenderingUpdated>())[^1].Waiters);
    }

    [Fact]
    public async Task A_lost_painting_is_painted_again_and_the_sketch_shows_meanwhile()
    {
        var (imageId, visitorId) = await ClusteredPhotoAsync();
        await RequestAsync(new RenderRequest(imageId, visitorId, 1, Set));
        await PaintAsync(imageId, Set);
        var url = await MintUrlAsync(imageId, visitorId);
        await LoseAsync(imageId, Names(imageId).RenderingThumbnail(Set));
        Assert.Equal(ErrorCodes.NotReady, (await FetchAsync(await MintUrlAsync(imageId, visitorId, Rendition.Thumbnail))).Told);

        Assert.DoesNotContain(Names(imageId).RenderingView(Set), await Host.BlobNamesAsync());
        Assert.Equal([1, 2], (await OutboxAsync<PaintRendering>()).Select(message => message.Attempt));
        Assert.Equal((HttpStatusCode.OK, Names(imageId).Sketch), await FetchAsync(url));
        await PaintAsync(imageId, Set, attempt: 2);
        Assert.Equal((HttpStatusCode.OK, Names(imageId).RenderingView(Set)), await FetchAsync(await MintUrlAsync(imageId, visitorId)));
        Assert.Equal(2, (await OutboxAsync<RenderingUpdated>()).Count);
    }

    [Fact]
    public async Task A_worker_that_finds_parts_gone_has_them_made_again()
    {
        var (imageId, visitorId) = await ClusteredPhotoAsync();
        await RequestAsync(new RenderRequest(imageId, visitorId, 1, Set));
        await LoseAsync(imageId, Names(imageId).OriginalView);
        await Host.InScopeAsync(async (PaintingFailedHandler handler) =>
        {
            var message = new PaintingFailed(imageId, 1, Set, RenderingSize.View, 1, FailureReasons.StorageLost);
            await handler.HandleAsync(message, new(QueueNames.ImageResults, message.MessageId, 1, null), Cancellation);
            return true;
        });

        Assert.Equal([1, 2], (await OutboxAsync<ClusterImage>()).Select(message => message.Attempt));
        await FailClusteringAsync(imageId, attempt: 2);
        Assert.Equal(ErrorCodes.NotReady, (await MintAsync(imageId, visitorId)).Code);
    }

    [Fact]
    public async Task A_stuck_photo_is_asked_for_again_and_failed_in_the_end()
    {
        var (imageId, visitorId) = (NewId(), NewId());
        await UploadAsync(TestPictures.Png(), imageId, visitorId);
        Host.Time.Advance(TimeSpan.FromMinutes(31));
        Assert.Equal(0, await SweepAsync()); // its message has not been sent yet
        for (var attempt = 2; attempt <= 5; attempt++)
        {
            await SendOutboxAsync();
            Assert.Equal(1, await SweepAsync());
            Assert.Equal(attempt, Assert.Single(await OutboxAsync<ClusterImage>()).Attempt);
            Assert.Equal(0, await SweepAsync());
            Host.Time.Advance(TimeSpan.FromMinutes(31));
        }

        await SendOutboxAsync();
        Assert.Equal(1, await SweepAsync());
        Assert.Equal(FailureReasons.RetriesExhausted, Assert.Single(await OutboxAsync<ImageUpdated>()).Reason);
    }

    [Fact]
    public async Task A_stuck_painting_is_asked_for_again_and_failed_in_the_end()
    {
        var (imageId, visitorId) = await ClusteredPhotoAsync();
        await RequestAsync(new RenderRequest(imageId, visitorId, 1, Set));
        for (var attempt = 2; attempt <= 5; attempt++)
        {
            await SendOutboxAsync();
            Host.Time.Advance(TimeSpan.FromMinutes(31));
            Assert.Equal(1, await SweepAsync());
            Assert.Equal(attempt, Assert.Single(await OutboxAsync<PaintRendering>()).Attempt);
        }

        await SendOutboxAsync();
        Host.Time.Advance(TimeSpan.FromMinutes(31));
        Assert.Equal(1, await SweepAsync());
        var told = Assert.Single(await OutboxAsync<RenderingUpdated>());
        Assert.Equal((RenderingState.Failed, FailureReasons.RetriesExhausted), (told.State, told.Reason));
    }

    private ImageBlobNames Names(Guid imageId) => new(EventId, imageId, 1);

    private async Task LoseAsync(Guid imageId, params string[] names)
    {
        foreach (var name in names)
        {
            Assert.StartsWith(Names(imageId).Prefix, name, StringComparison.Ordinal);
            Assert.True(await Host.Container.DeleteBlobIfExistsAsync(name, cancellationToken: Cancellation));
        }
    }

    private Task<int> SweepAsync() => Host.InScopeAsync((Sweeper sweeper) => sweeper.SweepAsync(Cancellation));
}
