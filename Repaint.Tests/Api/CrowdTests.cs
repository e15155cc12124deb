using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Microsoft.EntityFrameworkCore;
using Repaint.Contracts.Http;

namespace Repaint.Tests.Api;

/// <summary>Five hundred visitors at once, as at the end of a stage show.</summary>
public sealed class CrowdTests(ApiHost api) : IClassFixture<ApiHost>
{
    private const int Visitors = 500;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Five_hundred_visitors_at_once_never_win_twice_and_the_counts_stay_within_one_while_everyone_may_win()
    {
        const int paletteCount = 3;
        var (factory, address) = api.StartInstance(builder => builder.UseSetting("RateLimits:JoinsPerMinute", "100000"));
        await using var instance = factory;
        using var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 64 })
        {
            BaseAddress = address,
            Timeout = TimeSpan.FromMinutes(5),
        };
        var row = await api.CreateEventAsync(paletteCount, cooldownSeconds: 300);
        var spot = await api.CreateSpotAsync(row.Id);
        var visitors = await Task.WhenAll(Enumerable.Range(0, Visitors).Select(async _ =>
        {
            using var response = await client.PostAsync($"/api/events/{row.Id}/visitors", null, Cancellation);
            return await ApiHost.ReadAsync<JoinedVisitor>(response);
        }));

        for (var round = 1; round <= paletteCount; round++)
        {
            // Everyone presses twice: once with the same pick id, as after a lost answer, once with another.
            var answers = await Task.WhenAll(visitors.SelectMany(visitor =>
            {
                var first = Guid.CreateVersion7(api.Time.GetUtcNow());
                return new[] { first, first, Guid.CreateVersion7(api.Time.GetUtcNow()) }.Select(pickId => PickAsync(client, visitor, spot, pickId));
            }));
            Assert.Equal(Visitors, answers.Count(status => status == HttpStatusCode.Created));
            Assert.All(answers, status => Assert.True(status is HttpStatusCode.Created or HttpStatusCode.OK or HttpStatusCode.Conflict, $"{status}"));
            var counts = (await api.QueryAsync(context => context.EventPalettes.SingleAsync(p => p.EventId == row.Id, Cancellation))).Counts;
            Assert.Equal(Visitors * round, counts.Sum());
            // In between somebody may lack only what others have most of; who has nothing or everything does not.
            Assert.True(round is not (1 or paletteCount) || counts.Max() - counts.Min() <= 1, string.Join(' ', counts));
            api.Time.Advance(TimeSpan.FromSeconds(300));
        }

        var picks = await api.QueryAsync(context => context.Picks.Where(pick => pick.SpotId == spot.Id).ToListAsync(Cancellation));
        Assert.Equal(Visitors * paletteCount, picks.DistinctBy(pick => (pick.VisitorId, pick.PaletteId)).Count());
        Assert.Equal(picks.Count, picks.DistinctBy(pick => (pick.VisitorId, pick.PaletteId)).Count());
    }

    private static async Task<HttpStatusCode> PickAsync(HttpClient client, JoinedVisitor visitor, SpotDetails spot, Guid pickId)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/visitors/me/picks")
        {
            Content = JsonContent.Create(new PickRequest(spot.Code, pickId)),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", visitor.Token);
        using var response = await client.SendAsync(request, Cancellation);
        return response.StatusCode;
    }
}
