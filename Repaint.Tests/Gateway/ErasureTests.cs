using System.Net;
using Microsoft.EntityFrameworkCore;
using Repaint.Contracts;
using Repaint.Contracts.Http;
using Repaint.ImageGateway.Renderings;
using Repaint.Messaging.Outbox;
using Repaint.Tests.Infrastructure;

namespace Repaint.Tests.Gateway;

public sealed class ErasureTests(PostgresFixture postgres, AzuriteFixture azurite) : GatewayTest(postgres, azurite)
{
    private static readonly PaletteSet Set = PaletteSet.Of(1);

    public static TheoryData<string> Subjects => new(GatewayRoutes.Images, GatewayRoutes.Visitors, GatewayRoutes.Events);

    [Theory]
    [MemberData(nameof(Subjects))]
    public async Task An_erasure_leaves_container_and_tables_empty(string route)
    {
        var (imageId, visitorId) = await PaintedPhotoAsync();
        await MintUrlAsync(imageId, visitorId);

        await EraseAsync(route, imageId, visitorId);
        await RunErasuresAsync();
        Assert.Empty(await Host.BlobNamesAsync());
        Assert.Equal(0, await Host.QueryAsync(async context =>
            await context.Images.CountAsync(Cancellation) + await context.Revisions.CountAsync(Cancellation)
            + await context.Renderings.CountAsync(Cancellation) + await context.VisitorPictures.CountAsync(Cancellation)
            + await context.Set<OutboxMessage>().CountAsync(Cancellation)));

        Host.Time.Advance(TimeSpan.FromDays(1));
        await RunErasuresAsync();
        await Host.InScopeAsync((ImageGateway.OneTimeUrls.UrlPruner pruner) => pruner.PruneAsync(Cancellation));
        Assert.Equal(0, await Host.QueryAsync(async context =>
            await context.Erasures.CountAsync(Cancellation) + await context.OneTimeUrls.CountAsync(Cancellation)));
    }

    [Fact]
    public async Task A_render_request_that_crosses_the_erasure_of_its_visitor_leaves_nothing_behind()
    {
        var (imageId, visitorId) = (NewId(), NewId());
        await UploadAsync(TestPictures.Png(), imageId);
        await ClusterAsync(imageId);
        await EraseAsync(GatewayRoutes.Visitors, imageId, visitorId);
        await RunErasuresAsync();

        await RequestAsync(new RenderRequest(imageId, visitorId, 1, PaletteSet.None));
        Assert.Equal(0, await CountPicturesAsync());

        // One that began before the erasure, and so did not see it, and ended after it.
        await Host.QueryAsync(async context =>
        {
            context.Add(new VisitorPicture
            {
                VisitorId = visitorId,
                ImageId = imageId,
                RequestNo = 1,
                RequestedSet = PaletteSet.None,
                RequestedAt = Host.Time.GetUtcNow(),
            });
            return await context.SaveChangesAsync(Cancellation);
        });
        Host.Time.Advance(TimeSpan.FromMinutes(1));
        await RunErasuresAsync();
        Assert.Equal(0, await CountPicturesAsync());

        Task<int> CountPicturesAsync() => Host.QueryAsync(context => context.VisitorPictures.CountAsync(Cancellation));
    }

    [Theory]
    [MemberData(nameof(Subjects))]
    public async Task Results_that_come_after_an_erasure_are_thrown_away_with_their_blobs(string route)
    {
        var (imageId, visitorId) = await PaintedPhotoAsync();
        await EraseAsync(route, imageId, visitorId);
        await RunErasuresAsync();

        await ClusterAsync(imageId);
        await RunErasuresAsync();
        Assert.Empty(await Host.BlobNamesAsync());
        await PaintAsync(imageId, Set);
        await RunErasuresAsync();
        Assert.Empty(await Host.BlobNamesAsync());
        Assert.Equal(0, await Host.QueryAsync(context => context.Set<OutboxMessage>().CountAsync(Cancellation)));
    }

    [Fact]
    public async Task What_a_worker_left_without_telling_is_found_by_a_later_run()
    {
        var (imageId, visitorId) = await PaintedPhotoAsync();
        await EraseAsync(GatewayRoutes.Visitors, imageId, visitorId);
        await RunErasuresAsync();
        await WriteBlobAsync(new ImageBlobNames(EventId, imageId, 1).Sketch);
        Assert.Equal(0, await RunErasuresAsync());

        Host.Time.Advance(TimeSpan.FromMinutes(1));
        await RunErasuresAsync();
        Assert.Empty(await Host.BlobNamesAsync());
    }

    [Theory]
    [MemberData(nameof(Subjects))]
    public async Task Nothing_more_comes_in_for_what_has_been_erased(string route)
    {
        var (imageId, visitorId) = await PaintedPhotoAsync();
        await EraseAsync(route, imageId, visitorId);

        using var upload = await PutAsync(new ByteArrayContent(TestPictures.Png()), imageId, visitorId);
        Assert.Equal(HttpStatusCode.NotFound, upload.StatusCode);
        await RequestAsync(new RenderRequest(imageId, visitorId, 9, Set));
        Assert.Equal(0, await Host.QueryAsync(async context =>
            await context.Images.CountAsync(Cancellation) + await context.VisitorPictures.CountAsync(Cancellation)));
    }

    [Fact]
    public async Task A_visitor_is_erased_from_an_event_image_that_stays_for_the_others()
    {
        var (imageId, visitorId, other) = (NewId(), NewId(), NewId());
        await UploadAsync(TestPictures.Png(), imageId);
        await ClusterAsync(imageId);
        await RequestAsync(new RenderRequest(imageId, visitorId, 1, PaletteSet.None), new RenderRequest(imageId, other, 1, PaletteSet.None));
        var urls = (Mine: await MintUrlAsync(imageId, visitorId), Others: await MintUrlAsync(imageId, other));
        await EraseAsync(GatewayRoutes.Visitors, imageId, visitorId);
        await RunErasuresAsync();
        await RequestAsync(new RenderRequest(imageId, visitorId, 2, Set));

        Assert.Equal([other], await Host.QueryAsync(context => context.VisitorPictures.Select(picture => picture.VisitorId).ToListAsync(Cancellation)));
        Assert.Equal((HttpStatusCode.Gone, ErrorCodes.UrlRevoked), await FetchAsync(urls.Mine));
        Assert.Equal(HttpStatusCode.OK, (await FetchAsync(urls.Others)).Status);
        Assert.Equal(ErrorCodes.NotFound, (await MintAsync(imageId, visitorId)).Code);
    }

    [Fact]
    public async Task A_painting_of_a_photo_replaced_meanwhile_is_thrown_away()
    {
        var (imageId, visitorId) = await ClusteredPhotoAsync();
        await RequestAsync(new RenderRequest(imageId, visitorId, 1, Set));
        await UploadAsync(TestPictures.Png(seed: 2), imageId, visitorId, overwrite: true);
        await ClusterAsync(imageId, revision: 2);
        await PaintAsync(imageId, Set);
        await RunErasuresAsync();

        Assert.All(await Host.BlobNamesAsync(), name => Assert.StartsWith(new ImageBlobNames(EventId, imageId, 2).Prefix, name));
        Assert.Equal(new ImageBlobNames(EventId, imageId, 2).Sketch, (await FetchAsync(await MintUrlAsync(imageId, visitorId))).Told);
    }

    private async Task<(Guid ImageId, Guid VisitorId)> PaintedPhotoAsync()
    {
        var (imageId, visitorId) = await ClusteredPhotoAsync();
        await RequestAsync(new RenderRequest(imageId, visitorId, 1, Set));
        await PaintAsync(imageId, Set);
        return (imageId, visitorId);
    }

    private async Task EraseAsync(string route, Guid imageId, Guid visitorId)
    {
        var subject = route == GatewayRoutes.Images ? imageId : route == GatewayRoutes.Visitors ? visitorId : EventId;
        for (var time = 0; time < 2; time++)
        {
            using var response = await Host.Internal.DeleteAsync($"{route}/{subject}", Cancellation);
            Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        }
    }
}
