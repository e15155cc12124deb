using System.Net.Http.Json;
using System.Text;
using Repaint.Contracts;
using Repaint.Contracts.Http;

namespace Repaint.Tests.Api;

public sealed class EventTests(ApiHost api) : IClassFixture<ApiHost>
{
    private static readonly EventContact Contact = new("Matsuri office", "office@example.org", "+81 3-1234-5678");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Contact_site_and_retention_date_reach_staff_and_visitors()
    {
        // As the database keeps it: microseconds.
        var until = new DateTimeOffset(api.Time.GetUtcNow().Year + 1, 8, 15, 21, 0, 0, TimeSpan.FromHours(9));
        using var staff = api.Staff();
        using var created = await staff.PostAsJsonAsync(
            "/api/staff/events", new EventSettings("Matsuri", 8, 0, Contact, "https://example.org/matsuri", until), Cancellation);
        var row = await ApiHost.ReadAsync<EventDetails>(created);
        Assert.Equal((Contact, "https://example.org/matsuri", until), (row.Contact, row.Site, row.RetainUntil!.Value));
        Assert.False(row.PaletteCountFrozen);

        var summary = new EventSummary(row.Id, "Matsuri", 8, Contact, "https://example.org/matsuri", until);
        using var anonymous = api.Client();
        Assert.Equal(summary, await anonymous.GetFromJsonAsync<EventSummary>($"/api/events/{row.Id}", ContractsJson.Options, Cancellation));
        var joined = await api.JoinAsync(row.Id);
        Assert.Equal(summary, joined.Event);
        using var visitor = api.Client(joined.Token);
        Assert.Equal(summary, (await visitor.GetFromJsonAsync<VisitorProfile>("/api/visitors/me", ContractsJson.Options, Cancellation))!.Event);

        using var replaced = await staff.PutAsJsonAsync($"/api/staff/events/{row.Id}", new EventSettings("Natsu", 8, 0), Cancellation);
        var plain = await ApiHost.ReadAsync<EventDetails>(replaced);
        Assert.Equal((null, null, null), (plain.Contact, plain.Site, plain.RetainUntil));
    }

    [Theory]
    [InlineData("\"contact\":{\"name\":\"123456789012345678901234567890123\"}")]
    [InlineData("\"contact\":{\"name\":\"a\\u0000b\"}")]
    [InlineData("\"contact\":{\"email\":\"nobody\"}")]
    [InlineData("\"contact\":{\"email\":\"a@b\\nc\"}")]
    [InlineData("\"contact\":{\"phone\":\"javascript:1\"}")]
    [InlineData("\"contact\":{\"phone\":\"012345678901234567890\"}")]
    [InlineData("\"contact\":7")]
    [InlineData("\"site\":\"javascript:alert(1)\"")]
    [InlineData("\"site\":\"http://a b\"")]
    [InlineData("\"retainUntil\":\"2001-01-01T00:00:00Z\"")]
    [InlineData("\"retainUntil\":\"9999-01-01T00:00:00Z\"")]
    [InlineData("\"retainUntil\":\"tomorrow\"")]
    public async Task Settings_outside_their_limits_are_refused(string member)
    {
        var body = $$"""{"name":"Matsuri",{{member}}}""";
        using var staff = api.Staff();
        using var created = await staff.PostAsync("/api/staff/events", Json(body), Cancellation);
        await ApiHost.AssertProblemAsync(400, ErrorCodes.InvalidRequest, created);
        var row = await api.CreateEventAsync();
        using var updated = await staff.PutAsync($"/api/staff/events/{row.Id}", Json(body), Cancellation);
        await ApiHost.AssertProblemAsync(400, ErrorCodes.InvalidRequest, updated);
    }

    [Fact]
    public async Task Staff_see_whether_the_number_of_palettes_is_fixed()
    {
        var row = await api.CreateEventAsync();
        await api.UploadAsync(row.Id, 1);
        using var staff = api.Staff();
        var details = await staff.GetFromJsonAsync<EventDetails>($"/api/staff/events/{row.Id}", ContractsJson.Options, Cancellation);
        Assert.True(details!.PaletteCountFrozen);
    }

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");
}
