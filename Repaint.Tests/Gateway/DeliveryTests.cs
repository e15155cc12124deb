using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Repaint.Contracts;
using Repaint.Contracts.Http;
using Repaint.Tests.Infrastructure;

namespace Repaint.Tests.Gateway;

public sealed class DeliveryTests(PostgresFixture postgres, AzuriteFixture azurite) : GatewayTest(postgres, azurite)
{
    [Fact]
    public async Task A_broken_download_goes_on_where_it_stopped_with_the_bytes_it_began_with()
    {
        var (imageId, visitorId) = await ClusteredPhotoAsync();
        var names = new ImageBlobNames(EventId, imageId, 1);
        var url = await MintUrlAsync(imageId, visitorId);
        using var first = await PartAsync(url, 0, 99);
        Assert.Equal(HttpStatusCode.PartialContent, first.StatusCode);

        await RequestAsync(new RenderRequest(imageId, visitorId, 1, PaletteSet.All(PaletteCount)));
        using var rest = await PartAsync(url, 100, null, first.Headers.ETag);

        Assert.Equal(new ContentRangeHeaderValue(100, 3999, 4000), rest.Content.Headers.ContentRange);
        var text = await first.Content.ReadAsStringAsync(Cancellation) + await rest.Content.ReadAsStringAsync(Cancellation);
        Assert.Equal(names.Sketch, text.TrimEnd());

        using var again = await PartAsync(url, 100, null, first.Headers.ETag);
        Assert.Equal(HttpStatusCode.PartialContent, again.StatusCode);
        Assert.Equal((HttpStatusCode.Gone, ErrorCodes.UrlUsed), await FetchAsync(url));
        Host.Time.Advance(TimeSpan.FromSeconds(10));
        using var late = await PartAsync(url, 100, null, first.Headers.ETag);
        Assert.Equal((HttpStatusCode.Gone, ErrorCodes.UrlUsed), (late.StatusCode, await CodeAsync(late)));
    }

    [Fact]
    public async Task A_broken_download_may_start_again_only_within_its_lease()
    {
        var (imageId, visitorId) = await ClusteredPhotoAsync();
        var url = await MintUrlAsync(imageId, visitorId);
        using (await PartAsync(url, 0, 99))
        {
            Host.Time.Advance(TimeSpan.FromSeconds(89));
        }

        using (await PartAsync(url, 0, 99))
        {
            Host.Time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal((HttpStatusCode.Gone, ErrorCodes.UrlUsed), await FetchAsync(url));
    }

    [Fact]
    public async Task A_range_that_cannot_be_satisfied_does_not_use_a_link()
    {
        var (imageId, visitorId) = await ClusteredPhotoAsync();
        var url = await MintUrlAsync(imageId, visitorId);
        using var part = await PartAsync(url, 4000, null);
        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, part.StatusCode);
        Assert.Equal("bytes */4000", part.Content.Headers.ContentRange!.ToString());
        Assert.Null(part.Headers.CacheControl);

        Assert.Equal(HttpStatusCode.OK, (await FetchAsync(url)).Status);
    }

    [Fact]
    public async Task An_unchanged_picture_is_not_sent_again_and_uses_no_link()
    {
        var (imageId, visitorId) = await ClusteredPhotoAsync();
        using var before = await GetAsync(await MintUrlAsync(imageId, visitorId));
        var url = await MintUrlAsync(imageId, visitorId);
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.IfNoneMatch.Add(before.Headers.ETag!);
        using var response = await Host.Public.SendAsync(request, Cancellation);
        Assert.Equal(HttpStatusCode.NotModified, response.StatusCode);
        using var beyond = new HttpRequestMessage(HttpMethod.Get, url) { Headers = { Range = new RangeHeaderValue(4000, null) } };
        beyond.Headers.IfNoneMatch.Add(before.Headers.ETag!);
        using var unchanged = await Host.Public.SendAsync(beyond, Cancellation);
        Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);

        Assert.Equal(HttpStatusCode.OK, (await FetchAsync(url)).Status);
    }

    [Fact]
    public async Task A_client_that_goes_away_in_the_middle_can_come_back()
    {
        var (imageId, visitorId) = await ClusteredPhotoAsync();
        var names = new ImageBlobNames(EventId, imageId, 1);
        var large = new byte[20_000_000];
        await Host.Container.GetBlobClient(names.Sketch).UploadAsync(new BinaryData(large), overwrite: true, Cancellation);
        var url = await MintUrlAsync(imageId, visitorId);
        using (var client = new TcpClient())
        {
            await client.ConnectAsync(Host.Public.BaseAddress!.Host, Host.Public.BaseAddress.Port, Cancellation);
            var stream = client.GetStream();
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"GET {url} HTTP/1.1\r\nHost: test\r\n\r\n"), Cancellation);
            await stream.ReadExactlyAsync(new byte[1000], Cancellation);
            client.LingerState = new LingerOption(true, 0);
        }

        while (await Host.QueryAsync(context => context.OneTimeUrls.AnyAsync(link => link.StreamId != null, Cancellation)))
        {
            await Task.Yield();
        }

        using var response = await GetAsync(url);
        Assert.Equal(large.Length, (await response.Content.ReadAsByteArrayAsync(Cancellation)).Length);
    }

    [Fact]
    public async Task A_delivery_carries_headers_that_keep_it_private()
    {
        var (imageId, visitorId) = await ClusteredPhotoAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, await MintUrlAsync(imageId, visitorId)) { Headers = { { "Origin", GatewayHost.AppOrigin } } };
        using var response = await Host.Public.SendAsync(request, Cancellation);

        Assert.Equal("image/jpeg", response.Content.Headers.ContentType!.ToString());
        Assert.Equal("inline; filename=\"repaint.jpg\"", response.Content.Headers.ContentDisposition!.ToString());
        Assert.False(response.Headers.ETag!.IsWeak);
        Assert.Equal("no-store, private", response.Headers.CacheControl!.ToString());
        Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal("default-src 'none'; sandbox", response.Headers.GetValues("Content-Security-Policy").Single());
        Assert.Equal("no-referrer", response.Headers.GetValues("Referrer-Policy").Single());
        Assert.Equal(GatewayHost.AppOrigin, response.Headers.GetValues("Access-Control-Allow-Origin").Single());

        using var foreign = new HttpRequestMessage(HttpMethod.Get, await MintUrlAsync(imageId, visitorId)) { Headers = { { "Origin", "http://evil.test" } } };
        using var refused = await Host.Public.SendAsync(foreign, Cancellation);
        Assert.False(refused.Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task A_link_saves_the_picture_if_it_was_minted_to_and_shows_it_otherwise()
    {
        var (imageId, visitorId) = await ClusteredPhotoAsync();
        foreach (var (disposition, told) in new[] { (Disposition.Inline, "inline"), (Disposition.Attachment, "attachment") })
        {
            var url = await MintUrlAsync(imageId, visitorId, disposition: disposition);
            using var head = await Host.Public.SendAsync(new HttpRequestMessage(HttpMethod.Head, $"{url}&disposition=other"), Cancellation);
            using var response = await GetAsync($"{url}&disposition=other");
            using var part = await PartAsync(url, 100, null);

            Assert.All([head, response, part], answer => Assert.Equal(
                $"{told}; filename=\"repaint.jpg\"", answer.Content.Headers.ContentDisposition!.ToString()));
        }
    }

    [Theory]
    [InlineData("\"another\"")]
    [InlineData("W/\"weak\"")]
    [InlineData("Thu, 01 Jan 2099 00:00:00 GMT")]
    [InlineData("neither tag nor date")]
    public async Task A_part_is_sent_only_to_who_has_the_rest_of_it(string condition)
    {
        var (imageId, visitorId) = await ClusteredPhotoAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, await MintUrlAsync(imageId, visitorId));
        request.Headers.Range = new RangeHeaderValue(100, null);
        request.Headers.TryAddWithoutValidation("If-Range", condition);
        using var response = await Host.Public.SendAsync(request, Cancellation);

        Assert.Equal((HttpStatusCode.OK, 4000L), (response.StatusCode, response.Content.Headers.ContentLength));
    }

    [Fact]
    public async Task Links_are_still_redeemed_after_the_database_has_closed_its_connections()
    {
        var (imageId, visitorId) = await ClusteredPhotoAsync();
        Assert.Equal(HttpStatusCode.OK, (await FetchAsync(await MintUrlAsync(imageId, visitorId))).Status);
        var url = await MintUrlAsync(imageId, visitorId);
        await Host.QueryAsync(context => context.Database.SqlQuery<bool>(
            $"""
            SELECT pg_terminate_backend(pid) AS "Value" FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
            """).ToListAsync(Cancellation));

        Assert.Equal(HttpStatusCode.OK, (await FetchAsync(url)).Status);
        Assert.Equal((HttpStatusCode.Gone, ErrorCodes.UrlUsed), await FetchAsync(url));
    }

    [Fact]
    public async Task Looking_and_prefetching_do_not_use_a_link()
    {
        var (imageId, visitorId) = await ClusteredPhotoAsync();
        var url = await MintUrlAsync(imageId, visitorId);

        using var head = await Host.Public.SendAsync(new HttpRequestMessage(HttpMethod.Head, url), Cancellation);
        Assert.Equal(HttpStatusCode.OK, head.StatusCode);
        Assert.Equal(4000, head.Content.Headers.ContentLength);
        using var preflight = new HttpRequestMessage(HttpMethod.Options, url)
        {
            Headers = { { "Origin", GatewayHost.AppOrigin }, { "Access-Control-Request-Method", "GET" }, { "Access-Control-Request-Headers", "range" } },
        };
        using var allowed = await Host.Public.SendAsync(preflight, Cancellation);
        Assert.Equal(HttpStatusCode.NoContent, allowed.StatusCode);
        using var options = await Host.Public.SendAsync(new HttpRequestMessage(HttpMethod.Options, url), Cancellation);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, options.StatusCode);
        using var prefetch = new HttpRequestMessage(HttpMethod.Get, url) { Headers = { { "Sec-Purpose", "prefetch;prerender" } } };
        using var refused = await Host.Public.SendAsync(prefetch, Cancellation);
        Assert.Equal(((HttpStatusCode)425, ErrorCodes.PrefetchRefused), (refused.StatusCode, await CodeAsync(refused)));

        using var response = await GetAsync(url);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(head.Headers.ETag, response.Headers.ETag);
    }

    private async Task<HttpResponseMessage> PartAsync(string url, long from, long? to, EntityTagHeaderValue? ifRange = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.Range = new RangeHeaderValue(from, to);
        request.Headers.IfRange = ifRange is null ? null : new RangeConditionHeaderValue(ifRange);
        return await Host.Public.SendAsync(request, Cancellation);
    }
}
