using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using Microsoft.EntityFrameworkCore;
using Repaint.Contracts.Http;
using Repaint.Tests.Infrastructure;

namespace Repaint.Tests.Gateway;

public sealed class ListenerTests(PostgresFixture postgres, AzuriteFixture azurite) : GatewayTest(postgres, azurite)
{
    [Theory]
    [InlineData(null, HttpStatusCode.Unauthorized)]
    [InlineData("wrong-key-that-is-also-long-enough-ccccccccccc", HttpStatusCode.Unauthorized)]
    [InlineData(GatewayHost.Key, HttpStatusCode.NoContent)]
    [InlineData(GatewayHost.SecondKey, HttpStatusCode.NoContent)]
    public async Task The_internal_listener_wants_one_of_two_keys(string? key, HttpStatusCode status)
    {
        using var client = GatewayHost.CreateInternal(Host.InternalPort, key);
        using var response = await client.DeleteAsync($"{GatewayRoutes.Events}/{NewId()}", Cancellation);

        Assert.Equal(status, response.StatusCode);
    }

    [Fact]
    public async Task The_public_listener_has_nothing_internal_whatever_host_and_key_are_sent()
    {
        foreach (var path in (string[])[GatewayRoutes.OneTimeUrls, "/INTERNAL/one-time-urls", "//internal/one-time-urls", "/internal"])
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, Host.Public.BaseAddress + path.TrimStart('/'));
            request.Headers.Host = $"127.0.0.1:{Host.InternalPort}";
            request.Headers.Authorization = new("Bearer", GatewayHost.Key);
            request.Content = JsonContent.Create(new MintRequest([]));
            using var response = await Host.Public.SendAsync(request, Cancellation);
            Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        }
    }

    [Theory]
    [InlineData(null, HttpStatusCode.Unauthorized)]
    [InlineData(GatewayHost.Key, HttpStatusCode.OK)]
    public async Task Metrics_are_read_on_the_internal_listener_with_a_key(string? key, HttpStatusCode status)
    {
        using var client = GatewayHost.CreateInternal(Host.InternalPort, key);
        using var response = await client.GetAsync("/metrics", Cancellation);
        Assert.Equal(status, response.StatusCode);

        using var outside = new HttpRequestMessage(HttpMethod.Get, "/metrics") { Headers = { { "Authorization", $"Bearer {GatewayHost.Key}" } } };
        using var refused = await Host.Public.SendAsync(outside, Cancellation);
        Assert.Equal(HttpStatusCode.NotFound, refused.StatusCode);
    }

    [Fact]
    public void Secrets_are_compared_in_constant_time()
    {
        // Time cannot be measured here reliably, so this looks at what does the comparing.
        var folder = Path.Combine(Repository.Root, "Repaint.ImageGateway");
        Assert.All((string[])["InternalListener/InternalKeys.cs", "PublicImages/PublicAddress.cs"], file => Assert.Contains(
            "CryptographicOperations.FixedTimeEquals(", File.ReadAllText(Path.Combine(folder, file)), StringComparison.Ordinal));
        // Tokens are found by their hash in an index: whoever does not have one cannot choose its hash.
        Assert.Null(typeof(ImageGateway.OneTimeUrls.OneTimeUrl).GetProperty("Token"));
    }

    [Fact]
    public async Task The_internal_listener_serves_no_images()
    {
        var (imageId, visitorId) = await ClusteredPhotoAsync();
        var url = await MintUrlAsync(imageId, visitorId);
        using var response = await Host.Internal.GetAsync(url, Cancellation);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Theory]
    [InlineData("GET", "/", HttpStatusCode.NotFound)]
    [InlineData("GET", "/images/00000000-0000-0000-0000-000000000001?token=none", HttpStatusCode.NotFound)]
    [InlineData("GET", "/images/no-id?token=none", HttpStatusCode.NotFound)]
    [InlineData("POST", "/images/00000000-0000-0000-0000-000000000001?token=none", HttpStatusCode.MethodNotAllowed)]
    [InlineData("GET", "/images/00000000-0000-0000-0000-000000000001/1.0000.View.none", HttpStatusCode.NotFound)]
    [InlineData("GET", "/internal/images", HttpStatusCode.NotFound)]
    public async Task A_refusal_is_as_private_as_a_picture(string method, string url, HttpStatusCode status)
    {
        using var response = await Host.Public.SendAsync(new HttpRequestMessage(new HttpMethod(method), url), Cancellation);

        Assert.Equal(status, response.StatusCode);
        Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal("default-src 'none'; sandbox", response.Headers.GetValues("Content-Security-Policy").Single());
        Assert.Equal("no-referrer", response.Headers.GetValues("Referrer-Policy").Single());
        Assert.Null(response.Headers.CacheControl);
    }

    [Fact]
    public async Task A_trace_is_continued_only_for_who_has_a_key()
    {
        var trace = ActivityTraceId.CreateRandom();
        Host.Internal.DefaultRequestHeaders.Add("traceparent", $"00-{trace}-{ActivitySpanId.CreateRandom()}-01");
        var imageId = NewId();
        await UploadAsync(TestPictures.Png(), imageId);
        Assert.Equal(trace.ToString(), (await Host.QueryAsync(context => context.Revisions.SingleAsync(Cancellation))).TraceId);

        using var request = new HttpRequestMessage(HttpMethod.Get, $"{GatewayRoutes.PublicImages}/{imageId}?token=none");
        request.Headers.Add("traceparent", $"00-{trace}-{ActivitySpanId.CreateRandom()}-01");
        using var response = await Host.Public.SendAsync(request, Cancellation);
        var body = await response.Content.ReadAsStringAsync(Cancellation);
        Assert.Contains("traceId", body, StringComparison.Ordinal);
        Assert.DoesNotContain(trace.ToString(), body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_token_is_logged_or_traced()
    {
        var spans = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = _ => true,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = spans.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        var (imageId, visitorId) = await ClusteredPhotoAsync();
        var url = await MintUrlAsync(imageId, visitorId);
        var token = url[(url.IndexOf('=', StringComparison.Ordinal) + 1)..];

        Assert.Equal(HttpStatusCode.OK, (await FetchAsync(url)).Status);
        Assert.Equal(HttpStatusCode.Gone, (await FetchAsync(url)).Status);
        using var head = await Host.Public.SendAsync(new HttpRequestMessage(HttpMethod.Head, url), Cancellation);

        // What the test's own client says of its requests is not the gateway's.
        var server = spans.Where(span => span.Source.Name != "System.Net.Http").ToList();
        Assert.Contains(server, span => span.Kind == ActivityKind.Server);
        Assert.NotEmpty(Host.Logs.Lines);
        Assert.DoesNotContain(server, span => Mentions(span.DisplayName, token)
            || span.TagObjects.Any(tag => Mentions(tag.Value, token))
            || span.Events.Any(@event => @event.Tags.Any(tag => Mentions(tag.Value, token))));
        Assert.DoesNotContain(Host.Logs.Lines, line => line.Contains(token, StringComparison.Ordinal));
    }

    private static bool Mentions(object? value, string token) => value?.ToString()?.Contains(token, StringComparison.Ordinal) == true;
}
