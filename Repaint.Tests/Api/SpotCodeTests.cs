using System.Net;
using System.Net.Http.Json;
using Microsoft.EntityFrameworkCore;
using Repaint.Api.Spots;
using Repaint.Contracts.Http;

namespace Repaint.Tests.Api;

/// <summary>What the codes of spots are good for, and for how long.</summary>
public sealed class SpotCodeTests(ApiHost api) : IClassFixture<ApiHost>
{
    private const int Step = 30;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_rotating_code_works_for_its_step_and_the_next_and_then_no_more()
    {
        var row = await api.CreateEventAsync();
        var spot = await api.CreateSpotAsync(row.Id, Step);
        var first = await CodeAsync(row, spot);
        Assert.Equal(HttpStatusCode.Created, await PickAsync(row, first.Code));

        api.Time.Advance(first.ChangesAt!.Value - api.Time.GetUtcNow());
        var second = await CodeAsync(row, spot);
        Assert.NotEqual(first.Code, second.Code);
        Assert.Equal(first.ChangesAt.Value.AddSeconds(Step), second.ChangesAt);
        Assert.Equal(HttpStatusCode.Created, await PickAsync(row, second.Code));
        Assert.Equal(HttpStatusCode.Created, await PickAsync(row, first.Code));

        api.Time.Advance(TimeSpan.FromSeconds(Step));
        Assert.Equal(HttpStatusCode.NotFound, await PickAsync(row, first.Code));
        Assert.Equal(HttpStatusCode.Created, await PickAsync(row, second.Code));
    }

    [Fact]
    public async Task A_rotating_code_is_taken_one_step_early_and_not_two()
    {
        var row = await api.CreateEventAsync();
        var spot = await api.CreateSpotAsync(row.Id, Step);
        var stored = await api.QueryAsync(context => context.Spots.SingleAsync(s => s.Id == spot.Id, Cancellation));
        var key = await api.QueryAsync(context => context.CurrentSpotKeyAsync(row.Id, Cancellation));
        var now = api.Time.GetUtcNow();
        Assert.Equal(HttpStatusCode.Created, await PickAsync(row, stored.CodeAt(now.AddSeconds(Step), key)));
        Assert.Equal(HttpStatusCode.NotFound, await PickAsync(row, stored.CodeAt(now.AddSeconds(2 * Step), key)));
    }

    [Fact]
    public async Task A_spot_takes_codes_of_its_own_kind_only()
    {
        var row = await api.CreateEventAsync();
        var spot = await api.CreateSpotAsync(row.Id);
        Assert.Null((await CodeAsync(row, spot)).ChangesAt);
        using var staff = api.Staff();
        using var rotating = await staff.PutAsJsonAsync(
            $"/api/staff/events/{row.Id}/spots/{spot.Id}", new SpotSettings("Gate", Step), Cancellation);
        var changed = await ApiHost.ReadAsync<SpotDetails>(rotating);
        Assert.Equal(Step, changed.RotationSeconds);
        Assert.Equal(HttpStatusCode.NotFound, await PickAsync(row, spot.Code));
        Assert.Equal(HttpStatusCode.Created, await PickAsync(row, changed.Code));

        using var printed = await staff.PutAsJsonAsync(
            $"/api/staff/events/{row.Id}/spots/{spot.Id}", new SpotSettings("Gate"), Cancellation);
        Assert.Equal(spot, await ApiHost.ReadAsync<SpotDetails>(printed));
        Assert.Equal(HttpStatusCode.NotFound, await PickAsync(row, changed.Code));
        Assert.Equal(HttpStatusCode.Created, await PickAsync(row, spot.Code));
    }

    [Theory]
    [InlineData(14)]
    [InlineData(3601)]
    [InlineData(0)]
    [InlineData(-30)]
    public async Task A_rotation_outside_the_limits_is_refused(int seconds)
    {
        var row = await api.CreateEventAsync();
        using var staff = api.Staff();
        using var response = await staff.PostAsJsonAsync(
            $"/api/staff/events/{row.Id}/spots", new SpotSettings("Gate", seconds), Cancellation);
        await ApiHost.AssertProblemAsync(400, ErrorCodes.InvalidRequest, response);
    }

    [Fact]
    public async Task A_new_key_ends_old_codes_at_once()
    {
        var row = await api.CreateEventAsync();
        var spot = await api.CreateSpotAsync(row.Id);
        await RotateKeyAsync(row, 0);
        Assert.Equal(HttpStatusCode.NotFound, await PickAsync(row, spot.Code));
        Assert.Equal(HttpStatusCode.Created, await PickAsync(row, (await CodeAsync(row, spot)).Code));
    }

    [Fact]
    public async Task A_new_key_lets_old_codes_live_as_long_as_it_says()
    {
        var row = await api.CreateEventAsync();
        var spot = await api.CreateSpotAsync(row.Id);
        var now = api.Time.GetUtcNow();
        Assert.Equal(now.AddSeconds(3600), (await RotateKeyAsync(row, 3600)).OldCodesLiveUntil);
        var newer = (await CodeAsync(row, spot)).Code;
        Assert.NotEqual(spot.Code, newer);
        api.Time.Advance(TimeSpan.FromSeconds(3599));
        Assert.Equal(HttpStatusCode.Created, await PickAsync(row, spot.Code));
        Assert.Equal(HttpStatusCode.Created, await PickAsync(row, newer));
        api.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.NotFound, await PickAsync(row, spot.Code));
        Assert.Equal(HttpStatusCode.Created, await PickAsync(row, newer));
    }

    [Fact]
    public async Task A_later_rotation_never_lengthens_the_life_of_older_codes()
    {
        var row = await api.CreateEventAsync();
        var spot = await api.CreateSpotAsync(row.Id);
        await RotateKeyAsync(row, 60);
        var second = (await CodeAsync(row, spot)).Code;
        await RotateKeyAsync(row, 3600);
        api.Time.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal(HttpStatusCode.NotFound, await PickAsync(row, spot.Code));
        Assert.Equal(HttpStatusCode.Created, await PickAsync(row, second));
        await RotateKeyAsync(row, 0);
        Assert.Equal(HttpStatusCode.NotFound, await PickAsync(row, second));
    }

    [Fact]
    public async Task Key_numbers_start_again_and_codes_of_an_old_key_of_the_same_number_do_not()
    {
        var row = await api.CreateEventAsync();
        var spot = await api.CreateSpotAsync(row.Id);
        await api.QueryAsync(context => context.SpotKeys.Where(key => key.EventId == row.Id)
            .ExecuteUpdateAsync(set => set.SetProperty(key => key.KeyNo, SpotKey.Numbers - 1), Cancellation));
        var last = (await CodeAsync(row, spot)).Code;
        await RotateKeyAsync(row, 3600);
        Assert.Equal(HttpStatusCode.Created, await PickAsync(row, last));
        Assert.Equal(HttpStatusCode.NotFound, await PickAsync(row, spot.Code));
        Assert.Equal(HttpStatusCode.Created, await PickAsync(row, (await CodeAsync(row, spot)).Code));
    }

    [Fact]
    public async Task Rotations_at_once_leave_one_key_that_signs()
    {
        var row = await api.CreateEventAsync();
        var spot = await api.CreateSpotAsync(row.Id);
        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => RotateKeyAsync(row, 3600)));
        Assert.Equal(7, await api.QueryAsync(context => context.SpotKeys.CountAsync(key => key.EventId == row.Id, Cancellation)));
        Assert.Equal(HttpStatusCode.Created, await PickAsync(row, (await CodeAsync(row, spot)).Code));
    }

    [Fact]
    public async Task Qr_codes_open_the_visitors_app_with_the_code_where_no_server_sees_it()
    {
        var row = await api.CreateEventAsync();
        var spot = await api.CreateSpotAsync(row.Id);
        var shown = await CodeAsync(row, spot);
        Assert.Equal($"http://127.0.0.1:5080/#pick={spot.Code}", shown.Url.ToString());
        Assert.StartsWith("<svg", shown.QrSvg, StringComparison.Ordinal);
        using var staff = api.Staff();
        using var printed = await staff.GetAsync($"/api/staff/events/{row.Id}/spots/{spot.Id}/qr.svg", Cancellation);
        Assert.Equal("image/svg+xml", printed.Content.Headers.ContentType?.MediaType);
        Assert.True(printed.Headers.CacheControl?.NoStore);
        Assert.Equal(shown.QrSvg, await printed.Content.ReadAsStringAsync(Cancellation));
    }

    private async Task<CurrentSpotCode> CodeAsync(EventDetails row, SpotDetails spot)
    {
        using var staff = api.Staff();
        using var response = await staff.GetAsync($"/api/staff/events/{row.Id}/spots/{spot.Id}/code", Cancellation);
        return await ApiHost.ReadAsync<CurrentSpotCode>(response);
    }

    private async Task<RotatedSpotKey> RotateKeyAsync(EventDetails row, int oldCodesLiveSeconds)
    {
        using var staff = api.Staff();
        using var response = await staff.PostAsJsonAsync(
            $"/api/staff/events/{row.Id}/spots/rotate-key", new SpotKeyRotation(oldCodesLiveSeconds), Cancellation);
        return await ApiHost.ReadAsync<RotatedSpotKey>(response);
    }

    /// <summary>By a visitor who has not picked anything yet.</summary>
    private async Task<HttpStatusCode> PickAsync(EventDetails row, string code)
    {
        using var visitor = api.Client((await api.JoinAsync(row.Id)).Token);
        using var response = await visitor.PostAsJsonAsync(
            "/api/visitors/me/picks", new PickRequest(code, Guid.CreateVersion7(api.Time.GetUtcNow())), Cancellation);
        return response.StatusCode;
    }
}
