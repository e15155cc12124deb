using System.Net;
using Microsoft.EntityFrameworkCore;
using Repaint.Contracts;
using Repaint.Contracts.Http;
using Repaint.ImageGateway.OneTimeUrls;
using Repaint.Tests.Infrastructure;

namespace Repaint.Tests.Gateway;

public sealed class VisitorLimitTests(PostgresFixture postgres, AzuriteFixture azurite) : GatewayTest(postgres, azurite)
{
    internal override IReadOnlyDictionary<string, string?> Settings { get; } = new Dictionary<string, string?>
    {
        ["Gateway:Limits:VisitorBurst"] = "3",
        ["Gateway:Limits:VisitorPerSecond"] = "1",
    };

    [Fact]
    public async Task A_visitor_who_fetches_too_much_has_to_wait_and_loses_no_link()
    {
        var (imageId, visitorId) = await ClusteredPhotoAsync();
        var (otherId, other) = await ClusteredPhotoAsync();
        string url;
        do
        {
            url = await MintUrlAsync(imageId, visitorId);
            using var response = await GetAsync(url);
            if (response.StatusCode == HttpStatusCode.TooManyRequests)
            {
                Assert.Equal(ErrorCodes.RateLimited, await CodeAsync(response));
                Assert.Equal(TimeSpan.FromSeconds(1), response.Headers.RetryAfter!.Delta);
                break;
            }
        }
        while (true);

        Assert.Equal(HttpStatusCode.OK, (await FetchAsync(await MintUrlAsync(otherId, other))).Status);
        await Poll.UntilAsync(async () => (await FetchAsync(url)).Status == HttpStatusCode.OK);
    }
}

public sealed class LookingLimitTests(PostgresFixture postgres, AzuriteFixture azurite) : GatewayTest(postgres, azurite)
{
    internal override IReadOnlyDictionary<string, string?> Settings { get; } = new Dictionary<string, string?>
    {
        ["Gateway:Limits:VisitorBurst"] = "3",
        ["Gateway:Limits:VisitorPerSecond"] = "1",
    };

    [Fact]
    public async Task Looking_at_a_link_counts_like_fetching_it()
    {
        var (imageId, visitorId) = await ClusteredPhotoAsync();
        var url = await MintUrlAsync(imageId, visitorId);
        var status = HttpStatusCode.OK;
        for (var count = 0; count < 500 && status == HttpStatusCode.OK; count++)
        {
            using var response = await Host.Public.SendAsync(new HttpRequestMessage(HttpMethod.Head, url), Cancellation);
            status = response.StatusCode;
        }

        Assert.Equal(HttpStatusCode.TooManyRequests, status);
        await Poll.UntilAsync(async () => (await FetchAsync(url)).Status == HttpStatusCode.OK);
    }
}

public sealed class AddressLimitTests(PostgresFixture postgres, AzuriteFixture azurite) : GatewayTest(postgres, azurite)
{
    internal override IReadOnlyDictionary<string, string?> Settings { get; } = new Dictionary<string, string?>
    {
        ["Gateway:Limits:AddressBurst"] = "3",
        ["Gateway:Limits:AddressPerSecond"] = "1",
        ["Gateway:Limits:TrustedProxies:0"] = "127.0.0.0/8",
    };

    [Fact]
    public async Task An_address_that_asks_too_much_is_refused_and_others_are_not()
    {
        using var refused = await AskUntilRefusedAsync(_ => "203.0.113.1");
        Assert.Equal(ErrorCodes.RateLimited, await CodeAsync(refused));
        Assert.Equal(TimeSpan.FromSeconds(1), refused.Headers.RetryAfter!.Delta);
        Assert.Equal(GatewayHost.AppOrigin, refused.Headers.GetValues("Access-Control-Allow-Origin").Single());
        Assert.Equal("no-referrer", refused.Headers.GetValues("Referrer-Policy").Single());

        using var other = await AskAsync("203.0.113.2");
        Assert.Equal(HttpStatusCode.NotFound, other.StatusCode);
    }

    [Fact]
    public async Task Who_claims_to_be_a_proxy_gains_nothing()
    {
        using var refused = await AskUntilRefusedAsync(count => $"198.51.100.{count % 250}, 203.0.113.1");
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
    }

    [Theory]
    [InlineData("2001:db8:1:2:aaaa::1", "2001:db8:1:2::")]
    [InlineData("::ffff:203.0.113.7", "203.0.113.7")]
    [InlineData("203.0.113.7", "203.0.113.7")]
    public void Addresses_of_one_subscriber_count_together(string address, string network) =>
        Assert.Equal(IPAddress.Parse(network), DeliveryLimits.Network(IPAddress.Parse(address)));

    private async Task<HttpResponseMessage> AskAsync(string forwardedFor)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{GatewayRoutes.PublicImages}/{NewId()}?token=none")
        {
            Headers = { { "X-Forwarded-For", forwardedFor }, { "Origin", GatewayHost.AppOrigin } },
        };
        return await Host.Public.SendAsync(request, Cancellation);
    }

    private async Task<HttpResponseMessage> AskUntilRefusedAsync(Func<int, string> forwardedFor)
    {
        for (var count = 0; ; count++)
        {
            var response = await AskAsync(forwardedFor(count));
            if (response.StatusCode != HttpStatusCode.NotFound || count == 500)
            {
                return response;
            }

            response.Dispose();
        }
    }
}

public sealed class DirectAddressLimitTests(PostgresFixture postgres, AzuriteFixture azurite) : GatewayTest(postgres, azurite)
{
    internal override IReadOnlyDictionary<string, string?> Settings { get; } = new Dictionary<string, string?>
    {
        ["Gateway:Limits:AddressBurst"] = "3",
        ["Gateway:Limits:AddressPerSecond"] = "1",
    };

    [Fact]
    public async Task Without_a_proxy_the_forwarded_address_counts_for_nothing()
    {
        var status = HttpStatusCode.NotFound;
        for (var count = 0; count < 500 && status == HttpStatusCode.NotFound; count++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"{GatewayRoutes.PublicImages}/{NewId()}?token=none")
            {
                Headers = { { "X-Forwarded-For", $"203.0.113.{count % 250}" } },
            };
            using var response = await Host.Public.SendAsync(request, Cancellation);
            status = response.StatusCode;
        }

        Assert.Equal(HttpStatusCode.TooManyRequests, status);
    }
}

public sealed class SlowClientTests(PostgresFixture postgres, AzuriteFixture azurite) : GatewayTest(postgres, azurite)
{
    internal override IReadOnlyDictionary<string, string?> Settings { get; } = new Dictionary<string, string?>
    {
        ["Gateway:Limits:ConcurrentDeliveries"] = "1",
        ["Gateway:Limits:WaitingDeliveries"] = "0",
        ["Gateway:Limits:SlowestClient"] = "1000000",
        ["Gateway:Limits:SlowestClientGrace"] = "00:00:02",
    };

    [Fact]
    public async Task A_client_that_does_not_read_is_cut_off_and_its_place_goes_to_the_next()
    {
        var (imageId, visitorId) = await ClusteredPhotoAsync();
        await Host.Container.GetBlobClient(new ImageBlobNames(EventId, imageId, 1).Sketch)
            .UploadAsync(new BinaryData(new byte[20_000_000]), overwrite: true, Cancellation);
        var (otherId, other) = await ClusteredPhotoAsync();
        var url = await MintUrlAsync(otherId, other);
        using var stalled = await StalledClient.StartAsync(Host.Public.BaseAddress!, await MintUrlAsync(imageId, visitorId));

        using (var busy = await GetAsync(url))
        {
            Assert.Equal((HttpStatusCode.ServiceUnavailable, ErrorCodes.Unavailable), (busy.StatusCode, await CodeAsync(busy)));
            Assert.NotNull(busy.Headers.RetryAfter);
        }

        await Poll.UntilAsync(async () => (await FetchAsync(url)).Status == HttpStatusCode.OK);
        // That a delivery has ended is noted a moment after its last byte.
        await Poll.UntilAsync(async () => !await Host.QueryAsync(
            context => context.OneTimeUrls.AnyAsync(link => link.StreamId != null, Cancellation)));
        Assert.False(await stalled.ReadRestAsync() >= 20_000_000);
    }
}
