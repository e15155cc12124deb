using System.Net;
using System.Net.Http.Json;
using Microsoft.EntityFrameworkCore;
using Repaint.Api.Spots;
using Repaint.Contracts;
using Repaint.Contracts.Http;

namespace Repaint.Tests.Api;

public sealed class PickTests(ApiHost api) : IClassFixture<ApiHost>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_pick_grants_the_lowest_of_the_palettes_granted_least()
    {
        var row = await api.CreateEventAsync(paletteCount: 3);
        var spot = await api.CreateSpotAsync(row.Id);
        var first = await api.JoinAsync(row.Id);
        var second = await api.JoinAsync(row.Id);
        Assert.Equal(new PickedPalette(0, null, null, 1, 3, api.Time.GetUtcNow(), null), await WinAsync(first, spot), SameToTheMicrosecond);
        Assert.Equal(1, (await WinAsync(second, spot)).PaletteId);
        Assert.Equal(2, (await WinAsync(second, spot)).PaletteId);
        Assert.Equal(1, (await WinAsync(first, spot)).PaletteId);
    }

    [Fact]
    public async Task Parallel_picks_win_each_palette_once_and_keep_the_event_in_balance()
    {
        const int paletteCount = 4;
        var row = await api.CreateEventAsync(paletteCount);
        var spot = await api.CreateSpotAsync(row.Id);
        var visitors = new List<JoinedVisitor>();
        for (var number = 0; number < 25; number++)
        {
            visitors.Add(await api.JoinAsync(row.Id));
        }

        foreach (var attempts in new[] { 1, 2, 5 })
        {
            // Everyone tries at once, some of them several times at once.
            await Task.WhenAll(visitors.SelectMany(visitor => Enumerable.Range(0, attempts).Select(_ => PickAsync(visitor, spot.Code))));
            var counts = (await api.QueryAsync(context => context.EventPalettes.SingleAsync(p => p.EventId == row.Id, Cancellation))).Counts;
            // Whoever has nothing may win everything. Later, somebody may lack only what others have most of.
            Assert.True(attempts > 1 || counts.Max() - counts.Min() <= 1, string.Join(' ', counts));
            Assert.Equal(visitors.Count * Math.Min(paletteCount, attempts == 5 ? paletteCount : 2 * attempts - 1), counts.Sum());
        }

        var picks = await api.QueryAsync(context => context.Picks
            .Where(pick => context.Visitors.Any(v => v.Id == pick.VisitorId && v.EventId == row.Id)).ToListAsync(Cancellation));
        Assert.Equal(visitors.Count * paletteCount, picks.Count);
        Assert.All(picks.GroupBy(pick => pick.VisitorId), won => Assert.Equal([0, 1, 2, 3], won.Select(pick => pick.PaletteId).Order()));
        using var refused = await PickAsync(visitors[0], spot.Code);
        await ApiHost.AssertProblemAsync(409, ErrorCodes.PicksComplete, refused);
    }

    [Fact]
    public async Task In_any_order_a_grant_is_the_lacked_palette_of_which_fewest_were_granted()
    {
        const int paletteCount = 4;
        var row = await api.CreateEventAsync(paletteCount);
        var spot = await api.CreateSpotAsync(row.Id);
        var visitors = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => api.JoinAsync(row.Id)));
        var order = Enumerable.Range(0, paletteCount).SelectMany(_ => visitors).ToArray();
        new Random(7).Shuffle(order);
        var granted = new int[paletteCount];
        var held = visitors.ToDictionary(visitor => visitor, _ => new HashSet<int>());
        foreach (var visitor in order)
        {
            var expected = Enumerable.Range(0, paletteCount).Except(held[visitor]).MinBy(palette => (granted[palette], palette));
            Assert.Equal(expected, (await WinAsync(visitor, spot)).PaletteId);
            held[visitor].Add(expected);
            granted[expected]++;
        }
    }

    [Fact]
    public async Task A_spot_gives_again_after_the_cooldown_or_after_another_spot()
    {
        var row = await api.CreateEventAsync(cooldownSeconds: 300);
        var gate = await api.CreateSpotAsync(row.Id);
        var stage = await api.CreateSpotAsync(row.Id);
        var visitor = await api.JoinAsync(row.Id);
        await WinAsync(visitor, gate);
        api.Time.Advance(TimeSpan.FromSeconds(200));
        using var tooSoon = await PickAsync(visitor, gate.Code);
        await ApiHost.AssertProblemAsync(409, ErrorCodes.PickCooldown, tooSoon);
        Assert.Equal(TimeSpan.FromSeconds(100), tooSoon.Headers.RetryAfter?.Delta);
        await WinAsync(visitor, stage);
        await WinAsync(visitor, gate);
        api.Time.Advance(TimeSpan.FromSeconds(300));
        Assert.Equal(4, (await WinAsync(visitor, gate)).Held);
    }

    [Fact]
    public async Task The_same_pick_id_again_gives_the_same_answer()
    {
        var row = await api.CreateEventAsync(cooldownSeconds: 300);
        var spot = await api.CreateSpotAsync(row.Id);
        var visitor = await api.JoinAsync(row.Id);
        var pickId = Guid.CreateVersion7(api.Time.GetUtcNow());
        var wonAt = api.Time.GetUtcNow();
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => PickAsync(visitor, spot.Code, pickId)));
        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.Created);
        Assert.Equal(7, answers.Count(answer => answer.StatusCode == HttpStatusCode.OK));
        foreach (var answer in answers)
        {
            Assert.Equal(
                new PickedPalette(0, null, null, 1, 8, wonAt + TimeSpan.FromSeconds(300), null),
                await ApiHost.ReadAsync<PickedPalette>(answer), SameToTheMicrosecond);
        }

        // Whatever has changed since.
        api.Time.Advance(TimeSpan.FromHours(1));
        await api.PhotographAsync(visitor, 1);
        using var late = await PickAsync(visitor, spot.Code, pickId);
        Assert.Equal(HttpStatusCode.OK, late.StatusCode);
        Assert.Equal(await ApiHost.ReadAsync<PickedPalette>(answers[0]), await ApiHost.ReadAsync<PickedPalette>(late));
    }

    [Fact]
    public async Task A_forged_code_and_a_code_of_another_event_are_not_found()
    {
        var row = await api.CreateEventAsync();
        var spot = await api.CreateSpotAsync(row.Id);
        var elsewhere = await api.CreateSpotAsync((await api.CreateEventAsync()).Id);
        var now = api.Time.GetUtcNow();
        var forged = SpotCode.Sign(new SpotKey { EventId = row.Id, KeyNo = 0, Secret = new byte[32], CreatedAt = now }, spot.Id, null);
        var changed = (spot.Code[0] == 'A' ? 'B' : 'A') + spot.Code[1..];
        var visitor = await api.JoinAsync(row.Id);
        foreach (var code in new[] { elsewhere.Code, forged, changed, spot.Code[..^1], spot.Id.ToString(), "!", new string('A', 128) })
        {
            using var response = await PickAsync(visitor, code);
            await ApiHost.AssertProblemAsync(404, ErrorCodes.NotFound, response);
        }

        using var tooLong = await PickAsync(visitor, new string('A', 129));
        await ApiHost.AssertProblemAsync(400, ErrorCodes.InvalidRequest, tooLong);
    }

    [Fact]
    public async Task The_code_of_a_deleted_spot_is_not_found_and_what_was_won_stays()
    {
        var row = await api.CreateEventAsync();
        var spot = await api.CreateSpotAsync(row.Id);
        var joined = await api.JoinAsync(row.Id);
        await WinAsync(joined, spot);
        using var staff = api.Staff();
        using var deleted = await staff.DeleteAsync($"/api/staff/events/{row.Id}/spots/{spot.Id}", Cancellation);
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        using var response = await PickAsync(joined, spot.Code);
        await ApiHost.AssertProblemAsync(404, ErrorCodes.NotFound, response);
        using var visitor = api.Client(joined.Token);
        Assert.Equal([0], (await visitor.GetFromJsonAsync<VisitorProfile>("/api/visitors/me", Cancellation))!.PalettesHeld);
    }

    [Fact]
    public async Task A_pick_asks_for_the_painting_with_the_new_set_and_names_its_colour()
    {
        var row = await api.CreateEventAsync();
        var spot = await api.CreateSpotAsync(row.Id);
        var visitor = await api.JoinAsync(row.Id);
        var photo = await api.PhotographAsync(visitor, 1);
        await api.ClusteredAsync(row, photo, visitor.VisitorId);
        var won = await WinAsync(visitor, spot);
        Assert.Equal(("#000000", photo.ImageId), (won.Colour, won.ImageId));
        await ApiHost.UntilAsync(() => api.Gateway.Renderings.Any(
            request => request.VisitorId == visitor.VisitorId && request.ImageId == photo.ImageId && request.PaletteSet == PaletteSet.Of(0)));
        var second = await WinAsync(visitor, spot);
        Assert.Equal(("#000001", new ColourName("青1", "blue 1")), (second.Colour, second.Name));
        await ApiHost.UntilAsync(() => api.Gateway.Renderings.Any(
            request => request.VisitorId == visitor.VisitorId && request.PaletteSet == PaletteSet.Of(0, 1)));
        var numbers = api.Gateway.Renderings.Where(request => request.VisitorId == visitor.VisitorId).Select(request => request.RequestNo).ToList();
        Assert.Equal(numbers.Order(), numbers);
    }

    /// <summary>What the database keeps of a time.</summary>
    private static bool SameToTheMicrosecond(PickedPalette left, PickedPalette right) =>
        (left.CooldownEndsAt - right.CooldownEndsAt).Duration() < TimeSpan.FromMicroseconds(1)
        && left with { CooldownEndsAt = right.CooldownEndsAt } == right;

    private async Task<PickedPalette> WinAsync(JoinedVisitor joined, SpotDetails spot)
    {
        using var response = await PickAsync(joined, spot.Code);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        return await ApiHost.ReadAsync<PickedPalette>(response);
    }

    private async Task<HttpResponseMessage> PickAsync(JoinedVisitor joined, string code, Guid? pickId = null)
    {
        using var visitor = api.Client(joined.Token);
        return await visitor.PostAsJsonAsync(
            "/api/visitors/me/picks", new PickRequest(code, pickId ?? Guid.CreateVersion7(api.Time.GetUtcNow())), Cancellation);
    }
}
