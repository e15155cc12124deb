using System.Net;
using Repaint.Contracts;
using Repaint.Contracts.Http;
using Repaint.Tests.Infrastructure;

namespace Repaint.Tests.Gateway;

public sealed class HotBlobTests(PostgresFixture postgres, AzuriteFixture azurite) : GatewayTest(postgres, azurite)
{
    [Fact]
    public async Task A_picture_asked_for_again_is_kept_for_a_moment_and_every_link_still_works_once()
    {
        var (imageId, visitorId) = await ClusteredPhotoAsync();
        var sketch = new ImageBlobNames(EventId, imageId, 1).Sketch;
        using var first = await GetAsync(await MintUrlAsync(imageId, visitorId));
        Assert.Equal(HttpStatusCode.OK, (await FetchAsync(await MintUrlAsync(imageId, visitorId))).Status);

        await Host.Container.DeleteBlobAsync(sketch, cancellationToken: Cancellation);
        var url = await MintUrlAsync(imageId, visitorId);
        using var kept = await GetAsync(url);
        Assert.Equal(sketch, (await kept.Content.ReadAsStringAsync(Cancellation)).TrimEnd());
        Assert.Equal(first.Headers.ETag, kept.Headers.ETag);
        Assert.Equal((HttpStatusCode.Gone, ErrorCodes.UrlUsed), await FetchAsync(url));

        Host.Time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal((HttpStatusCode.Conflict, ErrorCodes.NotReady), await FetchAsync(await MintUrlAsync(imageId, visitorId)));
    }

    [Fact]
    public async Task A_picture_in_memory_is_refused_as_soon_as_it_is_erased()
    {
        var (imageId, visitorId) = await ClusteredPhotoAsync();
        for (var time = 0; time < 3; time++)
        {
            Assert.Equal(HttpStatusCode.OK, (await FetchAsync(await MintUrlAsync(imageId, visitorId))).Status);
        }

        var url = await MintUrlAsync(imageId, visitorId);
        using var erased = await Host.Internal.DeleteAsync($"{GatewayRoutes.Images}/{imageId}", Cancellation);
        Assert.Equal((HttpStatusCode.Gone, ErrorCodes.UrlRevoked), await FetchAsync(url));
    }

    [Fact]
    public async Task A_large_picture_is_never_kept()
    {
        var (imageId, visitorId) = await ClusteredPhotoAsync();
        var large = Host.Container.GetBlobClient(new ImageBlobNames(EventId, imageId, 1).Sketch);
        await large.UploadAsync(new BinaryData(new byte[(1 << 20) + 1]), overwrite: true, Cancellation);
        for (var time = 0; time < 3; time++)
        {
            using var response = await GetAsync(await MintUrlAsync(imageId, visitorId));
            Assert.Equal((1 << 20) + 1, (await response.Content.ReadAsByteArrayAsync(Cancellation)).Length);
        }

        await large.DeleteAsync(cancellationToken: Cancellation);
        Assert.Equal((HttpStatusCode.Conflict, ErrorCodes.NotReady), await FetchAsync(await MintUrlAsync(imageId, visitorId)));
    }
}
