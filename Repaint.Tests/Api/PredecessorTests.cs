using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Repaint.Contracts;
using Repaint.Contracts.Http;

namespace Repaint.Tests.Api;

/// <summary>
/// What went wrong in the system that this one replaces, as far as the API is concerned, by its number in that list. Missing
/// numbers are the gateway's or the workers'; 7 (polling grows with the event) is QueryPlanTests, 12 the gateway's limits.
/// </summary>
public sealed class PredecessorTests(ApiHost api) : IClassFixture<ApiHost>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Failure_1_a_painting_lags_behind_the_pick()
    {
        var row = await api.CreateEventAsync(paletteCount: 2);
        var spot = await api.CreateSpotAsync(row.Id);
        var joined = await api.JoinAsync(row.Id);
        var photo = await api.PhotographAsync(joined, 1);
        await api.ClusteredAsync(row, photo, joined.VisitorId);
        var held = PaletteSet.None;
        for (var pick = 0; pick < row.PaletteCount; pick++)
        {
            held = held.With((await PickAsync(joined, spot)).PaletteId);
            var expected = held;
            await ApiHost.UntilAsync(() => api.Gateway.Renderings.Any(
                request => request.VisitorId == joined.VisitorId && request.PaletteSet == expected));
        }

        Assert.True(held.IsComplete(row.PaletteCount));
    }

    [Fact]
    public async Task Failure_2_erasing_a_visitor_erases_nothing()
    {
        var row = await api.CreateEventAsync();
        var joined = await api.JoinAsync(row.Id);
        var photo = await api.PhotographAsync(joined, 1);
        using var visitor = api.Client(joined.Token);
        using var erased = await visitor.DeleteAsync("/api/visitors/me", Cancellation);
        Assert.Equal(HttpStatusCode.NoContent, erased.StatusCode);
        Assert.False(await api.QueryAsync(context => context.Visitors.AnyAsync(v => v.Id == joined.VisitorId, Cancellation)));
        Assert.False(await api.QueryAsync(context => context.Images.AnyAsync(image => image.Id == photo.ImageId, Cancellation)));
        await ApiHost.UntilAsync(() => api.Gateway.Deletions.Contains($"{GatewayRoutes.Visitors}/{joined.VisitorId}"));
    }

    [Fact]
    public async Task Failure_3_a_member_of_two_events_can_manage_only_one()
    {
        using var staff = api.Staff();
        foreach (var row in new[] { await api.CreateEventAsync(), await api.CreateEventAsync() })
        {
            using var created = await staff.PostAsJsonAsync($"/api/staff/events/{row.Id}/spots", new SpotSettings("Gate"), Cancellation);
            Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        }
    }

    [Fact]
    public async Task Failure_4_selecting_an_image_checks_nothing_and_starts_no_painting()
    {
        var row = await api.CreateEventAsync();
        var image = await api.UploadAsync(row.Id, 1);
        await api.ClusteredAsync(row, image);
        var joined = await api.JoinAsync(row.Id);
        await api.PhotographAsync(joined, 2);
        var others = await api.PhotographAsync(await api.JoinAsync(row.Id), 3);
        using var visitor = api.Client(joined.Token);
        using var refused = await visitor.PutAsJsonAsync("/api/visitors/me/selected-image", new SelectImageRequest(others.ImageId), Cancellation);
        await ApiHost.AssertProblemAsync(404, ErrorCodes.NotFound, refused);
        using var selected = await visitor.PutAsJsonAsync("/api/visitors/me/selected-image", new SelectImageRequest(image.ImageId), Cancellation);
        Assert.Equal(HttpStatusCode.NoContent, selected.StatusCode);
        await ApiHost.UntilAsync(() => api.Gateway.Renderings.Any(
            request => request.VisitorId == joined.VisitorId && request.ImageId == image.ImageId));
    }

    [Fact]
    public async Task Failure_5_an_update_between_two_looks_is_lost()
    {
        var row = await api.CreateEventAsync();
        var joined = await api.JoinAsync(row.Id);
        using var visitor = api.Client(joined.Token);
        var seen = (await visitor.GetFromJsonAsync<VisitorUpdate>("/api/visitors/me/updates", Cancellation))!.Version;
        await api.PhotographAsync(joined, 1);
        // Minting a link, which used to clear the flag, and another device that looks, use nothing up.
        using var link = await visitor.PostAsJsonAsync(
            "/api/visitors/me/images/selected/one-time-url", new OneTimeUrlRequest(Rendition.View), ContractsJson.Options, Cancellation);
        Assert.Equal(HttpStatusCode.Created, link.StatusCode);
        for (var look = 0; look < 2; look++)
        {
            using var update = await visitor.GetAsync($"/api/visitors/me/updates?since={seen}", Cancellation);
            Assert.True((await ApiHost.ReadAsync<VisitorUpdate>(update)).Version > seen);
        }
    }

    [Fact]
    public async Task Failure_6_work_is_sent_before_it_is_committed_and_lost_when_the_other_end_is_down()
    {
        var row = await api.CreateEventAsync();
        var spot = await api.CreateSpotAsync(row.Id);
        var joined = await api.JoinAsync(row.Id);
        var photo = await api.PhotographAsync(joined, 1);
        await api.ClusteredAsync(row, photo, joined.VisitorId);
        api.Gateway.Broken = 503;
        PickedPalette won;
        try
        {
            won = await PickAsync(joined, spot);
            Assert.True(await api.QueryAsync(context => context.RequestedRenderings.AnyAsync(
                request => request.VisitorId == joined.VisitorId && request.Pending && request.Palettes == 1 << won.PaletteId, Cancellation)));
        }
        finally
        {
            api.Gateway.Broken = null;
        }

        await ApiHost.UntilAsync(() =>
        {
            api.Time.Advance(TimeSpan.FromSeconds(2));
            return api.Gateway.Renderings.Any(
                request => request.VisitorId == joined.VisitorId && request.PaletteSet == PaletteSet.Of(won.PaletteId));
        });
    }

    [Fact]
    public async Task Failure_8_joining_an_event_without_an_image_is_an_error()
    {
        var joined = await api.JoinAsync((await api.CreateEventAsync()).Id);
        using var visitor = api.Client(joined.Token);
        Assert.Equal(
            VisitorPictureStates.None,
            (await visitor.GetFromJsonAsync<VisitorUpdate>("/api/visitors/me/updates", Cancellation))!.State);
    }

    [Fact]
    public async Task Failure_9_the_visitors_id_is_the_credential_and_part_of_every_picture()
    {
        var row = await api.CreateEventAsync();
        var joined = await api.JoinAsync(row.Id);
        await api.PhotographAsync(joined, 1);
        using var impostor = api.Client(joined.VisitorId.ToString());
        using var refused = await impostor.GetAsync("/api/visitors/me", Cancellation);
        await ApiHost.AssertProblemAsync(401, ErrorCodes.Unauthenticated, refused);
        using var visitor = api.Client(joined.Token);
        using var link = await visitor.PostAsJsonAsync(
            "/api/visitors/me/images/selected/one-time-url", new OneTimeUrlRequest(Rendition.View), ContractsJson.Options, Cancellation);
        var url = (await ApiHost.ReadAsync<OneTimeUrl>(link)).Url.ToString();
        Assert.DoesNotContain(joined.VisitorId.ToString(), url, StringComparison.Ordinal);
        Assert.DoesNotContain(joined.Token, url, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Failure_10_a_link_ends_the_one_before_and_is_minted_for_anybody()
    {
        var row = await api.CreateEventAsync();
        var image = await api.UploadAsync(row.Id, 1);
        var visitors = new[] { await api.JoinAsync(row.Id), await api.JoinAsync(row.Id) };
        foreach (var joined in visitors)
        {
            using var visitor = api.Client(joined.Token);
            using var link = await visitor.PostAsJsonAsync(
                $"/api/visitors/me/images/{image.ImageId}/one-time-url", new OneTimeUrlRequest(Rendition.View), ContractsJson.Options, Cancellation);
            Assert.Equal(HttpStatusCode.Created, link.StatusCode);
            // Each bound to who asked, so that nobody's link is anybody else's.
            Assert.Contains(new LinkRequest(image.ImageId, joined.VisitorId, Rendition.View), api.Gateway.Links);
        }

        using var nobody = api.Client();
        using var refused = await nobody.PostAsJsonAsync(
            $"/api/visitors/me/images/{image.ImageId}/one-time-url", new OneTimeUrlRequest(Rendition.View), ContractsJson.Options, Cancellation);
        await ApiHost.AssertProblemAsync(401, ErrorCodes.Unauthenticated, refused);
    }

    [Fact]
    public async Task Failure_11_tokens_of_any_issuer_for_anything_are_accepted()
    {
        foreach (var token in new[]
        {
            api.Authority.Token(ApiHost.Owner, token => token.Issuer = "https://elsewhere.example/"),
            api.Authority.Token(ApiHost.Owner, token => token.Audience = "something-else"),
        })
        {
            using var staff = api.Client(token);
            using var refused = await staff.GetAsync("/api/staff/me", Cancellation);
            await ApiHost.AssertProblemAsync(401, ErrorCodes.Unauthenticated, refused);
        }
    }

    [Fact]
    public async Task Failure_13_joining_hands_out_what_is_needed_to_win()
    {
        var row = await api.CreateEventAsync();
        var spot = await api.CreateSpotAsync(row.Id);
        var joined = await api.JoinAsync(row.Id);
        using var visitor = api.Client(joined.Token);
        foreach (var path in new[] { "", "/images", "/updates" })
        {
            var told = JsonSerializer.Serialize(joined) + await visitor.GetStringAsync($"/api/visitors/me{path}", Cancellation);
            Assert.DoesNotContain(spot.Id.ToString(), told, StringComparison.Ordinal);
            Assert.DoesNotContain(spot.Code, told, StringComparison.Ordinal);
        }

        using var unsigned = await visitor.PostAsJsonAsync(
            "/api/visitors/me/picks", new PickRequest(spot.Id.ToString(), Guid.CreateVersion7(api.Time.GetUtcNow())), Cancellation);
        await ApiHost.AssertProblemAsync(404, ErrorCodes.NotFound, unsigned);
    }

    [Fact]
    public async Task Failure_14_of_several_photographs_at_once_half_remain()
    {
        var row = await api.CreateEventAsync();
        var joined = await api.JoinAsync(row.Id);
        var answers = await Task.WhenAll(Enumerable.Range(1, 6).Select(number => api.PhotographAsync(row.Id, joined.VisitorId, [(byte)number])));
        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.Accepted);
        Assert.Equal(5, answers.Count(answer => answer.StatusCode == HttpStatusCode.Conflict));
        Assert.Equal(1, await api.QueryAsync(context => context.Images.CountAsync(image => image.VisitorId == joined.VisitorId, Cancellation)));
    }

    [Fact]
    public async Task Failure_15_nobody_knows_how_the_event_goes()
    {
        var row = await api.CreateEventAsync();
        var spot = await api.CreateSpotAsync(row.Id);
        var joined = await api.JoinAsync(row.Id);
        await api.PhotographAsync(joined, 1);
        await PickAsync(joined, spot);
        using var staff = api.Staff();
        var told = await staff.GetFromJsonAsync<EventStatistics>($"/api/staff/events/{row.Id}/stats", ContractsJson.Options, Cancellation);
        Assert.Equal((1, 1, 1), (told!.Visitors, told.Photographed, told.Picks.Single().Picks));
    }

    private async Task<PickedPalette> PickAsync(JoinedVisitor joined, SpotDetails spot)
    {
        using var visitor = api.Client(joined.Token);
        using var response = await visitor.PostAsJsonAsync(
            "/api/visitors/me/picks", new PickRequest(spot.Code, Guid.CreateVersion7(api.Time.GetUtcNow())), Cancellation);
        return await ApiHost.ReadAsync<PickedPalette>(response);
    }
}
