using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Repaint.Contracts;
using Repaint.Contracts.Http;
using Repaint.Contracts.Messages;
using Repaint.ImageGateway.PublicImages;
using Repaint.Tests.Infrastructure;

namespace Repaint.Tests.Gateway;

/// <summary>Images of an event that says that they are public.</summary>
public sealed class PublicImageTests(PostgresFixture postgres, AzuriteFixture azurite) : GatewayTest(postgres, azurite)
{
    private static readonly PaletteSet Set = PaletteSet.Of(1);

    [Fact]
    public async Task They_have_one_address_for_everyone_that_caches_may_keep()
    {
        var imageId = await EventImageAsync();
        var url = await PublicUrlAsync(imageId);
        Assert.Equal(url, await PublicUrlAsync(imageId));

        for (var time = 0; time < 2; time++)
        {
            using var response = await GetAsync(url);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.Equal("public, max-age=31536000, immutable", response.Headers.NonValidated["Cache-Control"].ToString());
            Assert.Equal(Names(imageId).Sketch, (await response.Content.ReadAsStringAsync(Cancellation)).TrimEnd());
        }

        using var request = new HttpRequestMessage(HttpMethod.Get, url) { Headers = { Range = new RangeHeaderValue(0, 9) } };
        using var part = await Host.Public.SendAsync(request, Cancellation);
        Assert.Equal((HttpStatusCode.PartialContent, 10L), (part.StatusCode, part.Content.Headers.ContentLength));
        using var head = await Host.Public.SendAsync(new HttpRequestMessage(HttpMethod.Head, url), Cancellation);
        Assert.Equal((HttpStatusCode.OK, 4000L), (head.StatusCode, head.Content.Headers.ContentLength));
    }

    [Fact]
    public async Task What_a_visitor_has_painted_of_them_has_an_address_of_its_own_once_it_exists()
    {
        var (imageId, visitorId) = (await EventImageAsync(), NewId());
        var sketch = await PublicUrlAsync(imageId, visitorId);
        await RequestAsync(new RenderRequest(imageId, visitorId, 1, Set));
        Assert.Equal(sketch, await PublicUrlAsync(imageId, visitorId));
        await PaintAsync(imageId, Set);
        var painted = await PublicUrlAsync(imageId, visitorId);

        Assert.Equal((HttpStatusCode.OK, Names(imageId).RenderingView(Set)), await FetchAsync(painted));
        Assert.Equal((HttpStatusCode.OK, Names(imageId).Sketch), await FetchAsync(sketch));
    }

    [Fact]
    public async Task A_visitors_picture_is_never_public()
    {
        var (imageId, visitorId) = await ClusteredPhotoAsync();
        var link = await MintPublicAsync(imageId, visitorId);
        Assert.NotNull(link.Token);
        Assert.Null(link.Version);

        // Not even with a signature that is genuine.
        var signed = await Host.InScopeAsync((PublicAddress addresses) =>
            Task.FromResult(addresses.Write(new(imageId, 1, PaletteSet.None, Rendition.View))));
        Assert.Equal((HttpStatusCode.NotFound, ErrorCodes.NotFound), await FetchAsync($"{GatewayRoutes.PublicImages}/{imageId}/{signed}"));
        using var owned = await GetAsync($"{GatewayRoutes.PublicImages}/{imageId}?token={link.Token}");
        Assert.True(owned.Headers.CacheControl!.NoStore);
    }

    [Fact]
    public async Task What_the_event_does_not_call_public_or_nobody_signed_is_not()
    {
        var imageId = await EventImageAsync();
        Assert.NotNull((await MintAsync(imageId, NewId())).Token);

        var url = await PublicUrlAsync(imageId);
        var other = await EventImageAsync(seed: 2);
        foreach (var forged in (string[])[
            url.Replace(imageId.ToString(), other.ToString(), StringComparison.Ordinal),
            url.Replace("View", "Full", StringComparison.Ordinal), url.Replace("1.0000", "1.0001", StringComparison.Ordinal), url[..^2] + "zz", $"{url}x"])
        {
            using var response = await GetAsync(forged);
            Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
            Assert.Null(response.Headers.CacheControl);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_the_event_no_longer_shows_is_gone(bool isErased)
    {
        var imageId = await EventImageAsync();
        var url = await PublicUrlAsync(imageId);
        if (isErased)
        {
            await Host.Internal.DeleteAsync($"{GatewayRoutes.Events}/{EventId}", Cancellation);
        }
        else
        {
            await UploadAsync(TestPictures.Png(seed: 9), imageId, overwrite: true);
            await ClusterAsync(imageId, revision: 2);
        }

        Assert.Equal((HttpStatusCode.NotFound, ErrorCodes.NotFound), await FetchAsync(url));
    }

    [Fact]
    public async Task A_cache_keeps_no_refusal_of_one_for_everybody()
    {
        var url = await PublicUrlAsync(await EventImageAsync());
        foreach (var (name, value, status) in new[]
        {
            ("Range", "bytes=4000-", HttpStatusCode.RequestedRangeNotSatisfiable), ("If-Match", "\"another\"", HttpStatusCode.PreconditionFailed),
        })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, url) { Headers = { { name, value } } };
            using var response = await Host.Public.SendAsync(request, Cancellation);
            Assert.Equal(status, response.StatusCode);
            Assert.Null(response.Headers.CacheControl);
        }

        using var kept = await GetAsync(url);
        Assert.Contains("Origin", kept.Headers.Vary);
    }

    [Fact]
    public async Task One_that_storage_has_lost_is_made_again()
    {
        var imageId = await EventImageAsync();
        var url = await PublicUrlAsync(imageId);
        await SendOutboxAsync();
        await Host.Container.DeleteBlobAsync(Names(imageId).Sketch, cancellationToken: Cancellation);

        Assert.Equal((HttpStatusCode.ServiceUnavailable, ErrorCodes.Unavailable), await FetchAsync(url));
        Assert.Equal(2, Assert.Single(await OutboxAsync<ClusterImage>()).Attempt);
        await ClusterAsync(imageId, attempt: 2);
        Assert.Equal((HttpStatusCode.OK, Names(imageId).Sketch), await FetchAsync(url));
    }

    private ImageBlobNames Names(Guid imageId) => new(EventId, imageId, 1);

    private async Task<Guid> EventImageAsync(int seed = 1)
    {
        var imageId = NewId();
        await UploadAsync(TestPictures.Png(seed: seed), imageId);
        await ClusterAsync(imageId);
        return imageId;
    }

    private async Task<string> PublicUrlAsync(Guid imageId, Guid? visitorId = null) =>
        $"{GatewayRoutes.PublicImages}/{imageId}/{(await MintPublicAsync(imageId, visitorId ?? NewId())).Version!}";

    private async Task<MintedLink> MintPublicAsync(Guid imageId, Guid visitorId)
    {
        using var response = await Host.Internal.PostAsJsonAsync(
            GatewayRoutes.OneTimeUrls, new MintRequest([new LinkRequest(imageId, visitorId, Rendition.View, null, IsPublic: true)]),
            ContractsJson.Options, Cancellation);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return (await response.Content.ReadFromJsonAsync<MintResponse>(ContractsJson.Options, Cancellation))!.Links.Single();
    }
}
