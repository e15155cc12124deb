using System.Net;
using Microsoft.EntityFrameworkCore;
using Repaint.Contracts;
using Repaint.Contracts.Http;
using Repaint.Contracts.Messages;
using Repaint.Tests.Infrastructure;

namespace Repaint.Tests.Gateway;

public sealed class OneTimeUrlTests(PostgresFixture postgres, AzuriteFixture azurite) : GatewayTest(postgres, azurite)
{
    [Fact]
    public async Task Of_64_parallel_redemptions_exactly_one_is_delivered()
    {
        var (imageId, visitorId) = await ClusteredPhotoAsync();
        for (var round = 0; round < 3; round++)
        {
            var url = await MintUrlAsync(imageId, visitorId);
            var answers = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => FetchAsync(url)));

            Assert.Single(answers, answer => answer.Status == HttpStatusCode.OK);
            Assert.Equal(63, answers.Count(answer => answer == (HttpStatusCode.Gone, ErrorCodes.UrlUsed)));
        }
    }

    [Fact]
    public async Task A_link_shows_what_is_current_when_it_is_used_not_when_it_was_minted()
    {
        var (imageId, visitorId) = await ClusteredPhotoAsync();
        await RequestAsync(new RenderRequest(imageId, visitorId, 1, PaletteSet.None));
        var urls = new[] { await MintUrlAsync(imageId, visitorId), await MintUrlAsync(imageId, visitorId, Rendition.Thumbnail) };
        var set = PaletteSet.Of(3);
        await RequestAsync(new RenderRequest(imageId, visitorId, 2, set));
        await PaintAsync(imageId, set);

        var names = new ImageBlobNames(EventId, imageId, 1);
        Assert.Equal((HttpStatusCode.OK, names.RenderingView(set)), await FetchAsync(urls[0]));
        Assert.Equal((HttpStatusCode.OK, names.RenderingThumbnail(set)), await FetchAsync(urls[1]));
    }

    [Fact]
    public async Task A_link_is_bound_to_its_image()
    {
        var (imageId, visitorId) = await ClusteredPhotoAsync();
        var (otherId, _) = await ClusteredPhotoAsync();
        var url = await MintUrlAsync(imageId, visitorId);

        var elsewhere = await FetchAsync(url.Replace(imageId.ToString(), otherId.ToString(), StringComparison.Ordinal));
        var unknown = await FetchAsync(url[..^4] + "AAAA");
        var malformed = await FetchAsync($"{GatewayRoutes.PublicImages}/{imageId}?token=short");

        Assert.All([elsewhere, unknown, malformed], answer => Assert.Equal((HttpStatusCode.NotFound, ErrorCodes.NotFound), answer));
        Assert.Equal(HttpStatusCode.OK, (await FetchAsync(url)).Status);
    }

    [Fact]
    public async Task A_link_shows_the_rendition_it_was_minted_for_and_no_other()
    {
        var (imageId, visitorId) = await ClusteredPhotoAsync();
        var url = await MintUrlAsync(imageId, visitorId, Rendition.Thumbnail);

        Assert.Equal((HttpStatusCode.OK, new ImageBlobNames(EventId, imageId, 1).SketchThumbnail), await FetchAsync($"{url}&rendition=full&size=1600"));
    }

    [Theory]
    [InlineData(Rendition.Original)]
    [InlineData(Rendition.Clusters)]
    public async Task A_visitor_gets_no_link_to_what_is_for_staff(Rendition rendition)
    {
        var (imageId, visitorId) = await ClusteredPhotoAsync();

        Assert.Equal(ErrorCodes.InvalidRequest, (await MintAsync(imageId, visitorId, rendition)).Code);
        Assert.Equal(HttpStatusCode.OK, (await FetchAsync(await MintUrlAsync(imageId, null, rendition))).Status);
    }

    [Fact]
    public async Task A_visitors_link_to_one_set_has_it_painted_and_shows_it_whatever_is_current()
    {
        var (imageId, visitorId) = await ClusteredPhotoAsync();
        await RequestAsync(new RenderRequest(imageId, visitorId, 1, PaletteSet.Of(1, 2)));
        await PaintAsync(imageId, PaletteSet.Of(1, 2));
        var set = PaletteSet.Of(2);
        var url = await MintUrlAsync(imageId, visitorId, Rendition.View, set);

        Assert.Equal((HttpStatusCode.Conflict, ErrorCodes.NotReady), await FetchAsync(url));
        Assert.Single(await OutboxAsync<PaintRendering>(), message => message.PaletteSet == set);
        await PaintAsync(imageId, set);
        Assert.Equal((HttpStatusCode.OK, new ImageBlobNames(EventId, imageId, 1).RenderingView(set)), await FetchAsync(url));
        Assert.Equal(ErrorCodes.InvalidRequest, (await MintAsync(imageId, visitorId, Rendition.View, PaletteSet.Of(PaletteCount))).Code);
    }

    [Fact]
    public async Task A_visitor_gets_no_link_to_the_photo_of_another()
    {
        var (imageId, _) = await ClusteredPhotoAsync();

        Assert.Equal(ErrorCodes.NotFound, (await MintAsync(imageId, NewId())).Code);
        Assert.Equal(ErrorCodes.NotFound, (await MintAsync(imageId, NewId(), set: PaletteSet.Of(1))).Code);
        Assert.Equal(ErrorCodes.NotFound, (await MintAsync(NewId(), NewId())).Code);
    }

    [Fact]
    public async Task An_expired_link_is_refused()
    {
        var (imageId, visitorId) = await ClusteredPhotoAsync();
        var url = await MintUrlAsync(imageId, visitorId);
        Host.Time.Advance(TimeSpan.FromMinutes(5));

        Assert.Equal((HttpStatusCode.Gone, ErrorCodes.UrlExpired), await FetchAsync(url));
    }

    [Fact]
    public async Task Erasing_revokes_links_at_once()
    {
        var (imageId, visitorId) = await ClusteredPhotoAsync();
        var url = await MintUrlAsync(imageId, visitorId);
        await Host.Internal.DeleteAsync($"{GatewayRoutes.Visitors}/{visitorId}", Cancellation);

        Assert.Equal((HttpStatusCode.Gone, ErrorCodes.UrlRevoked), await FetchAsync(url));
        Assert.Equal(ErrorCodes.NotFound, (await MintAsync(imageId, visitorId)).Code);
    }

    [Fact]
    public async Task A_full_painting_is_started_by_its_first_link_and_the_link_waits_for_it()
    {
        var (imageId, visitorId) = await ClusteredPhotoAsync();
        var set = PaletteSet.Of(0);
        await RequestAsync(new RenderRequest(imageId, visitorId, 1, set));
        await PaintAsync(imageId, set);
        await SendOutboxAsync();

        var url = await MintUrlAsync(imageId, visitorId, Rendition.Full);
        await MintUrlAsync(imageId, visitorId, Rendition.Full);
        Assert.Equal(RenderingSize.Full, Assert.Single(await OutboxAsync<PaintRendering>()).Size);
        using var early = await GetAsync(url);
        Assert.Equal((HttpStatusCode.Conflict, ErrorCodes.NotReady), (early.StatusCode, await CodeAsync(early)));
        Assert.NotNull(early.Headers.RetryAfter);

        await PaintAsync(imageId, set, RenderingSize.Full);
        Assert.Equal((HttpStatusCode.OK, new ImageBlobNames(EventId, imageId, 1).RenderingFull(set)), await FetchAsync(url));
        Assert.Empty(await OutboxAsync<RenderingUpdated>());
    }

    [Fact]
    public async Task Staff_see_any_painting_and_start_those_that_do_not_exist()
    {
        var (imageId, _) = await ClusteredPhotoAsync();
        var set = PaletteSet.Of(2, 3);
        var url = await MintUrlAsync(imageId, null, Rendition.View, set);
        Assert.Equal((HttpStatusCode.Conflict, ErrorCodes.NotReady), await FetchAsync(url));
        await PaintAsync(imageId, set);

        Assert.Equal((HttpStatusCode.OK, new ImageBlobNames(EventId, imageId, 1).RenderingView(set)), await FetchAsync(url));
        Assert.Equal(ErrorCodes.InvalidRequest, (await MintAsync(imageId, null, Rendition.View, PaletteSet.Of(PaletteCount))).Code);
    }

    [Fact]
    public async Task An_image_without_palettes_gets_no_link_yet()
    {
        var (imageId, visitorId) = (NewId(), NewId());
        await UploadAsync(TestPictures.Png(), imageId, visitorId);

        Assert.Equal(ErrorCodes.NotReady, (await MintAsync(imageId, visitorId)).Code);
    }

    [Fact]
    public async Task Tokens_are_kept_only_as_hashes_in_an_unlogged_table_and_forgotten()
    {
        var (imageId, visitorId) = await ClusteredPhotoAsync();
        await MintUrlAsync(imageId, visitorId);

        Assert.Equal(["u"], await Host.QueryAsync(context => context.Database
            .SqlQuery<string>($"SELECT relpersistence::text FROM pg_class WHERE relname = 'one_time_urls'").ToListAsync(Cancellation)));
        Host.Time.Advance(TimeSpan.FromMinutes(66));
        Assert.Equal(1, await Host.InScopeAsync((ImageGateway.OneTimeUrls.UrlPruner pruner) => pruner.PruneAsync(Cancellation)));
    }
}
