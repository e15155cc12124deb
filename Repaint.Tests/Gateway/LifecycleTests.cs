using System.Net;
using Microsoft.EntityFrameworkCore;
using Repaint.Contracts;
using Repaint.Contracts.Http;
using Repaint.Contracts.Messages;
using Repaint.ImageGateway.Clustering;
using Repaint.Tests.Infrastructure;

namespace Repaint.Tests.Gateway;

public sealed class LifecycleTests(PostgresFixture postgres, AzuriteFixture azurite) : GatewayTest(postgres, azurite)
{
    [Fact]
    public async Task A_photo_goes_from_upload_to_painting()
    {
        var (imageId, visitorId) = (NewId(), NewId());
        var stored = await UploadAsync(TestPictures.Png(), imageId, visitorId);
        Assert.Equal((imageId, 1, false), (stored.ImageId, stored.Revision, stored.AlreadyStored));
        Assert.Equal([new ImageBlobNames(EventId, imageId, 1).Upload], await Host.BlobNamesAsync());
        var cluster = Assert.Single(await OutboxAsync<ClusterImage>());
        Assert.Equal((EventId, imageId, 1, 1, PaletteCount), (cluster.EventId, cluster.ImageId, cluster.Revision, cluster.Attempt, cluster.PaletteCount));

        await Host.InScopeAsync(async (ClusteringResults results) =>
        {
            await results.StartedAsync(new ClusteringStarted(imageId, 1, 1), Cancellation);
            return true;
        });
        await ClusterAsync(imageId);
        var updates = await OutboxAsync<ImageUpdated>();
        Assert.Equal([ImageState.Queued, ImageState.Clustering, ImageState.Clustered], updates.Select(update => update.State));
        Assert.Equal([1L, 2L, 3L], updates.Select(update => update.Version));
        Assert.Equal(PaletteCount, updates[^1].Palettes!.Count);
        Assert.All(updates, update => Assert.Equal(visitorId, update.VisitorId));

        await RequestAsync(new RenderRequest(imageId, visitorId, 1, PaletteSet.None));
        Assert.Equal(new ImageBlobNames(EventId, imageId, 1).Sketch, (await FetchAsync(await MintUrlAsync(imageId, visitorId))).Told);

        var set = PaletteSet.Of(1);
        await RequestAsync(new RenderRequest(imageId, visitorId, 2, set));
        var paint = Assert.Single(await OutboxAsync<PaintRendering>());
        Assert.Equal((imageId, 1, set, RenderingSize.View), (paint.ImageId, paint.Revision, paint.PaletteSet, paint.Size));
        await PaintAsync(imageId, set);
        var ready = (await OutboxAsync<RenderingUpdated>())[^1];
        Assert.Equal((set, RenderingState.Ready), (ready.PaletteSet, ready.State));
        Assert.Equal([new RenderingWaiter(visitorId, 2)], ready.Waiters);
        Assert.Equal(new ImageBlobNames(EventId, imageId, 1).RenderingView(set), (await FetchAsync(await MintUrlAsync(imageId, visitorId))).Told);

        await RequestAsync(new RenderRequest(imageId, visitorId, 3, PaletteSet.All(PaletteCount)));
        Assert.Equal(new ImageBlobNames(EventId, imageId, 1).OriginalView, (await FetchAsync(await MintUrlAsync(imageId, visitorId))).Told);
        Assert.Equal([1L, 2L, 3L], (await OutboxAsync<RenderingUpdated>()).Select(update => update.Waiters.Single().RequestNo));
    }

    [Fact]
    public async Task Results_that_come_twice_or_late_change_nothing()
    {
        var (imageId, _) = await ClusteredPhotoAsync();
        var before = await OutboxAsync<ImageUpdated>();

        await CompleteClusteringAsync(imageId);
        await FailClusteringAsync(imageId);
        await FailClusteringAsync(imageId, attempt: 2);
        await CompleteClusteringAsync(imageId, revision: 2);

        Assert.Equal(before.Count, (await OutboxAsync<ImageUpdated>()).Count);
        Assert.Equal(1, (await Host.QueryAsync(context => context.Images.SingleAsync(Cancellation))).ServingRevision);
    }

    [Fact]
    public async Task A_failed_image_is_tried_again_as_a_new_attempt()
    {
        var (imageId, visitorId) = (NewId(), NewId());
        await UploadAsync(TestPictures.Png(), imageId, visitorId);
        await FailClusteringAsync(imageId);
        var failed = (await OutboxAsync<ImageUpdated>())[^1];
        Assert.Equal((ImageState.Failed, FailureReasons.Corrupt), (failed.State, failed.Reason));

        using var retried = await Host.Internal.PostAsync($"{GatewayRoutes.Images}/{imageId}/retry", null, Cancellation);
        Assert.Equal(HttpStatusCode.Accepted, retried.StatusCode);
        Assert.Equal([1, 2], (await OutboxAsync<ClusterImage>()).Select(message => message.Attempt));
        using var again = await Host.Internal.PostAsync($"{GatewayRoutes.Images}/{imageId}/retry", null, Cancellation);
        Assert.Equal((HttpStatusCode.Conflict, ErrorCodes.WrongState), (again.StatusCode, await CodeAsync(again)));

        await CompleteClusteringAsync(imageId, attempt: 1);
        Assert.Equal(ImageState.Queued, (await OutboxAsync<ImageUpdated>())[^1].State);
        await ClusterAsync(imageId, attempt: 2);
        Assert.Equal(ImageState.Clustered, (await OutboxAsync<ImageUpdated>())[^1].State);
    }

    [Fact]
    public async Task A_retake_serves_the_old_photo_until_it_is_clustered()
    {
        var (imageId, visitorId) = await ClusteredPhotoAsync();
        await RequestAsync(new RenderRequest(imageId, visitorId, 1, PaletteSet.All(PaletteCount)));
        var url = await MintUrlAsync(imageId, visitorId);

        var retake = await UploadAsync(TestPictures.Png(seed: 2), imageId, visitorId, overwrite: true);
        Assert.Equal(2, retake.Revision);
        Assert.Equal(new ImageBlobNames(EventId, imageId, 1).OriginalView, (await FetchAsync(await MintUrlAsync(imageId, visitorId))).Told);

        await ClusterAsync(imageId, revision: 2);
        Assert.Equal(new ImageBlobNames(EventId, imageId, 2).OriginalView, (await FetchAsync(url)).Told);

        Host.Time.Advance(TimeSpan.FromMinutes(2));
        await RunErasuresAsync();
        Assert.All(await Host.BlobNamesAsync(), name => Assert.StartsWith(new ImageBlobNames(EventId, imageId, 2).Prefix, name));
    }

    [Fact]
    public async Task A_failed_retake_keeps_the_old_photo()
    {
        var (imageId, visitorId) = await ClusteredPhotoAsync();
        await UploadAsync(TestPictures.Png(seed: 2), imageId, visitorId, overwrite: true);
        await FailClusteringAsync(imageId, revision: 2);

        Assert.Equal(new ImageBlobNames(EventId, imageId, 1).Sketch, (await FetchAsync(await MintUrlAsync(imageId, visitorId))).Told);
    }

    [Fact]
    public async Task After_a_retake_a_painting_of_the_old_photo_is_replaced_by_the_sketch_of_the_new_one()
    {
        var (imageId, visitorId) = await ClusteredPhotoAsync();
        var set = PaletteSet.Of(0, 2);
        await RequestAsync(new RenderRequest(imageId, visitorId, 1, set));
        await PaintAsync(imageId, set);
        await UploadAsync(TestPictures.Png(seed: 2), imageId, visitorId, overwrite: true);
        await ClusterAsync(imageId, revision: 2);

        Assert.Equal(new ImageBlobNames(EventId, imageId, 2).Sketch, (await FetchAsync(await MintUrlAsync(imageId, visitorId))).Told);
        await RequestAsync(new RenderRequest(imageId, visitorId, 2, set));
        await PaintAsync(imageId, set, revision: 2);
        Assert.Equal(new ImageBlobNames(EventId, imageId, 2).RenderingView(set), (await FetchAsync(await MintUrlAsync(imageId, visitorId))).Told);
    }
}
