using System.Net;
using System.Net.Http.Json;
using Microsoft.EntityFrameworkCore;
using Repaint.Api;
using Repaint.Contracts.Http;

namespace Repaint.Tests.Api;

public sealed class JoinTests(ApiHost api) : IClassFixture<ApiHost>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_event_without_images_can_be_joined()
    {
        var row = await api.CreateEventAsync();
        var joined = await api.JoinAsync(row.Id);
        using var visitor = api.Client(joined.Token);
        var profile = await visitor.GetFromJsonAsync<VisitorProfile>("/api/visitors/me", Cancellation);
        Assert.Equal(joined.VisitorId, profile!.VisitorId);
        Assert.Equal(new EventSummary(row.Id, "Matsuri", 8), profile.Event);
        Assert.Empty(profile.PalettesHeld);
        Assert.Null(profile.SelectedImageId);
    }

    [Theory]
    [InlineData("Mat\0suri")]
    [InlineData("\0")]
    [InlineData("Mat\r\nsuri")]
    public async Task A_name_with_a_control_character_is_refused(string name)
    {
        var row = await api.CreateEventAsync();
        using var staff = api.Staff();
        using var ofEvent = await staff.PostAsJsonAsync("/api/staff/events", new EventSettings(name), Cancellation);
        using var ofSpot = await staff.PostAsJsonAsync($"/api/staff/events/{row.Id}/spots", new SpotSettings(name), Cancellation);
        await ApiHost.AssertProblemAsync(400, ErrorCodes.InvalidRequest, ofEvent);
        await ApiHost.AssertProblemAsync(400, ErrorCodes.InvalidRequest, ofSpot);
    }

    [Fact]
    public async Task Joining_an_unknown_event_is_not_found()
    {
        using var client = api.Client();
        using var response = await client.PostAsync($"/api/events/{Guid.CreateVersion7(api.Time.GetUtcNow())}/visitors", null, Cancellation);
        await ApiHost.AssertProblemAsync(404, ErrorCodes.NotFound, response);
    }

    [Fact]
    public async Task A_recovery_code_however_typed_gets_a_new_token_and_ends_the_old()
    {
        var row = await api.CreateEventAsync();
        var joined = await api.JoinAsync(row.Id);
        using var anyone = api.Client();
        var typed = " " + joined.RecoveryCode.Replace("-", " ", StringComparison.Ordinal).ToLowerInvariant();
        using var response = await anyone.PostAsJsonAsync("/api/visitors/recover", new RecoverRequest(typed), Cancellation);
        var recovered = await ApiHost.ReadAsync<JoinedVisitor>(response);
        Assert.Equal(joined.VisitorId, recovered.VisitorId);
        Assert.NotEqual(joined.Token, recovered.Token);

        using var old = api.Client(joined.Token);
        using var refused = await old.GetAsync("/api/visitors/me", Cancellation);
        await ApiHost.AssertProblemAsync(401, ErrorCodes.Unauthenticated, refused);
        using var current = api.Client(recovered.Token);
        using var accepted = await current.GetAsync("/api/visitors/me", Cancellation);
        Assert.Equal(HttpStatusCode.OK, accepted.StatusCode);
    }

    [Theory]
    [InlineData("0000-0000-0000-0000", 404, ErrorCodes.NotFound)]
    [InlineData("not a code", 404, ErrorCodes.NotFound)]
    [InlineData("", 400, ErrorCodes.InvalidRequest)]
    public async Task A_wrong_recovery_code_is_refused(string code, int status, string error)
    {
        using var client = api.Client();
        using var response = await client.PostAsJsonAsync("/api/visitors/recover", new RecoverRequest(code), Cancellation);
        await ApiHost.AssertProblemAsync(status, error, response);
    }

    [Fact]
    public async Task Guessing_recovery_codes_is_slowed_down()
    {
        var (factory, address) = api.StartInstance(builder => builder.UseSetting("RateLimits:RecoveriesPerMinute", "2"));
        await using var limited = factory;
        using var client = api.Client(address: address);
        for (var guess = 0; guess < 2; guess++)
        {
            using var wrong = await client.PostAsJsonAsync("/api/visitors/recover", new RecoverRequest("0000-0000-0000-0000"), Cancellation);
            Assert.Equal(HttpStatusCode.NotFound, wrong.StatusCode);
        }

        using var refused = await client.PostAsJsonAsync("/api/visitors/recover", new RecoverRequest("0000-0000-0000-0000"), Cancellation);
        await ApiHost.AssertProblemAsync(429, ErrorCodes.RateLimited, refused);
        Assert.NotNull(refused.Headers.RetryAfter);
    }

    [Theory]
    [InlineData("127.0.0.0/8", HttpStatusCode.NotFound)]
    [InlineData("192.0.2.0/24", HttpStatusCode.TooManyRequests)]
    public async Task A_limit_is_that_of_the_address_before_the_proxies_that_are_known(string proxies, HttpStatusCode forAnother)
    {
        var (factory, address) = api.StartInstance(builder => builder
            .UseSetting("RateLimits:RecoveriesPerMinute", "1").UseSetting("RateLimits:TrustedProxies:0", proxies));
        await using var limited = factory;
        Assert.Equal(HttpStatusCode.NotFound, await GuessAsync("198.51.100.1"));
        Assert.Equal(HttpStatusCode.TooManyRequests, await GuessAsync("198.51.100.1"));
        // What a client claims in front of what the proxy adds counts for nothing.
        Assert.Equal(HttpStatusCode.TooManyRequests, await GuessAsync("203.0.113.9, 198.51.100.1"));
        Assert.Equal(forAnother, await GuessAsync("198.51.100.2"));

        async Task<HttpStatusCode> GuessAsync(string forwardedFor)
        {
            using var client = api.Client(address: address);
            client.DefaultRequestHeaders.Add("X-Forwarded-For", forwardedFor);
            using var response = await client.PostAsJsonAsync("/api/visitors/recover", new RecoverRequest("0000-0000-0000-0000"), Cancellation);
            return response.StatusCode;
        }
    }

    [Theory]
    [InlineData("192.0.2.7", "192.0.2.7")]
    [InlineData("::ffff:192.0.2.7", "192.0.2.7")]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::")]
    [InlineData("2001:db8:1:2:ffff::1", "2001:db8:1:2::")]
    public void A_limit_is_not_escaped_by_another_address_of_the_same_network(string address, string counted) =>
        Assert.Equal(counted, RateLimits.Subscriber(IPAddress.Parse(address)));

    [Fact]
    public async Task What_does_not_exist_is_not_found()
    {
        using var client = api.Client();
        using var response = await client.GetAsync("/api/nothing", Cancellation);
        await ApiHost.AssertProblemAsync(404, ErrorCodes.NotFound, response);
    }

    [Fact]
    public async Task Neither_token_nor_recovery_code_is_stored()
    {
        var row = await api.CreateEventAsync();
        var joined = await api.JoinAsync(row.Id);
        var stored = await api.QueryAsync(context => context.Database
            .SqlQuery<string>($"SELECT row_to_json(v)::text AS \"Value\" FROM visitors v WHERE id = {joined.VisitorId}").SingleAsync(Cancellation));
        Assert.DoesNotContain(joined.Token, stored, StringComparison.Ordinal);
        Assert.DoesNotContain(joined.RecoveryCode, stored, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Erasing_a_visitor_erases_rows_counts_and_what_the_gateway_has()
    {
        var row = await api.CreateEventAsync();
        var spot = await api.CreateSpotAsync(row.Id);
        var joined = await api.JoinAsync(row.Id);
        await api.PhotographAsync(joined, 1, 2, 3);
        using var visitor = api.Client(joined.Token);
        using var pick = await visitor.PostAsJsonAsync(
            "/api/visitors/me/picks", new PickRequest(spot.Code, Guid.CreateVersion7(api.Time.GetUtcNow())), Cancellation);
        Assert.Equal(HttpStatusCode.Created, pick.StatusCode);

        using var erased = await visitor.DeleteAsync("/api/visitors/me", Cancellation);
        Assert.Equal(HttpStatusCode.NoContent, erased.StatusCode);
        using var again = await visitor.GetAsync("/api/visitors/me", Cancellation);
        Assert.Equal(HttpStatusCode.Unauthorized, again.StatusCode);
        await ApiHost.UntilAsync(() => api.Gateway.Deletions.Contains($"{GatewayRoutes.Visitors}/{joined.VisitorId}"));
        Assert.False(await api.QueryAsync(context => context.Visitors.AnyAsync(v => v.Id == joined.VisitorId, Cancellation)));
        Assert.False(await api.QueryAsync(context => context.Images.AnyAsync(i => i.VisitorId == joined.VisitorId, Cancellation)));
        Assert.False(await api.QueryAsync(context => context.Picks.AnyAsync(p => p.VisitorId == joined.VisitorId, Cancellation)));
        var counts = await api.QueryAsync(context => context.EventPalettes.SingleAsync(p => p.EventId == row.Id, Cancellation));
        Assert.All(counts.Counts, count => Assert.Equal(0, count));
    }
}
