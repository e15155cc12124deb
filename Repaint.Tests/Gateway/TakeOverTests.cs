using System.Net;
using System.Net.Http.Headers;
using Microsoft.EntityFrameworkCore;
using Repaint.Contracts;
using Repaint.Contracts.Http;
using Repaint.ImageGateway.OneTimeUrls;
using Repaint.Tests.Infrastructure;

namespace Repaint.Tests.Gateway;

/// <summary>What happens when a delivery goes on while the response before still counts as sending.</summary>
public sealed class TakeOverTests(PostgresFixture postgres, AzuriteFixture azurite) : GatewayTest(postgres, azurite)
{
    private const int Length = 20_000_000;
    private static readonly TimeSpan StreamTimeout = TimeSpan.FromSeconds(10);

    internal override IReadOnlyDictionary<string, string?> Settings { get; } = new Dictionary<string, string?>
    {
        ["Gateway:DeliveryLease"] = "00:10:00",
    };

    [Fact]
    public async Task A_resume_takes_the_place_of_a_response_that_stands_still()
    {
        var url = await LargePhotoUrlAsync();
        using var stalled = await StalledClient.StartAsync(Host.Public.BaseAddress!, url);

        using var request = new HttpRequestMessage(HttpMethod.Get, url) { Headers = { Range = new RangeHeaderValue(900, null) } };
        using var rest = await Host.Public.SendAsync(request, Cancellation);
        Assert.Equal(HttpStatusCode.PartialContent, rest.StatusCode);
        Assert.Equal(Length - 900, (await rest.Content.ReadAsByteArrayAsync(Cancellation)).Length);
        Assert.False(await stalled.ReadRestAsync() >= Length);
    }

    [Fact]
    public async Task A_retry_has_to_wait_until_the_response_before_has_stood_still()
    {
        var url = await LargePhotoUrlAsync();
        using var stalled = await StalledClient.StartAsync(Host.Public.BaseAddress!, url);
        Assert.Equal((HttpStatusCode.Gone, ErrorCodes.UrlUsed), await FetchAsync(url));

        // The network between takes some megabytes before it stands still.
        await Poll.UntilAsync(async () =>
        {
            Host.Time.Advance(StreamTimeout);
            using var again = await GetAsync(url);
            return (await again.Content.ReadAsByteArrayAsync(Cancellation)).Length == Length;
        });
        Assert.False(await stalled.ReadRestAsync() >= Length);
    }

    [Fact]
    public async Task A_delivery_outlives_the_gateway_that_began_it()
    {
        var url = await LargePhotoUrlAsync();
        var now = Host.Time.GetUtcNow();
        await Host.QueryAsync(context => context.OneTimeUrls.ExecuteUpdateAsync(set => set
            .SetProperty(link => link.RedeemedAt, now).SetProperty(link => link.LeaseUntil, now + TimeSpan.FromSeconds(90))
            .SetProperty(link => link.StreamId, NewId()).SetProperty(link => link.StreamSeenAt, now)
            .SetProperty(link => link.ServedRevision, 1).SetProperty(link => link.ServedSet, PaletteSet.None), Cancellation));
        Assert.Equal((HttpStatusCode.Gone, ErrorCodes.UrlUsed), await FetchAsync(url));

        Host.Time.Advance(StreamTimeout);
        Assert.Equal(HttpStatusCode.OK, (await FetchAsync(url)).Status);
        Assert.Equal((HttpStatusCode.Gone, ErrorCodes.UrlUsed), await FetchAsync(url));
    }

    [Fact]
    public async Task Of_resumes_that_cross_every_one_is_answered_and_one_remains()
    {
        var (imageId, visitorId) = await ClusteredPhotoAsync();
        var url = await MintUrlAsync(imageId, visitorId);
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, url) { Headers = { Range = new RangeHeaderValue(0, null) } };
                using var response = await Host.Public.SendAsync(request, Cancellation);
                return response.StatusCode;
            }
            catch (HttpRequestException)
            {
                return default(HttpStatusCode?); // taken over by another
            }
        }));

        Assert.Contains(HttpStatusCode.OK, answers);
        Assert.All(answers, answer => Assert.True(answer is null or HttpStatusCode.OK or HttpStatusCode.Gone, $"{answer}"));
        Assert.False(await Host.QueryAsync(context => context.OneTimeUrls.AnyAsync(link => link.StreamId != null, Cancellation)));
    }

    [Fact]
    public async Task A_response_learns_that_it_has_to_stop()
    {
        var (imageId, visitorId) = await ClusteredPhotoAsync();
        var token = Token.Hash((await MintAsync(imageId, visitorId)).Token)!;
        var first = await RedeemAsync(token, imageId, isResume: false);
        Assert.True(await TouchAsync(first));
        var second = await RedeemAsync(token, imageId, isResume: true);
        Assert.False(await TouchAsync(first));
        Assert.True(await TouchAsync(second));

        await Host.Internal.DeleteAsync($"{GatewayRoutes.Images}/{imageId}", Cancellation);
        Assert.False(await TouchAsync(second));
    }

    private Task<Delivery> RedeemAsync(byte[] token, Guid imageId, bool isResume) => Host.InScopeAsync(async (Redemption redemption) =>
        (await redemption.RedeemAsync(token, imageId, isResume, Cancellation)).Delivery!);

    private Task<bool> TouchAsync(Delivery delivery) =>
        Host.InScopeAsync((Redemption redemption) => redemption.TouchAsync(delivery, Cancellation));

    private async Task<string> LargePhotoUrlAsync()
    {
        var (imageId, visitorId) = await ClusteredPhotoAsync();
        await Host.Container.GetBlobClient(new ImageBlobNames(EventId, imageId, 1).Sketch)
            .UploadAsync(new BinaryData(new byte[Length]), overwrite: true, Cancellation);
        return await MintUrlAsync(imageId, visitorId);
    }
}
