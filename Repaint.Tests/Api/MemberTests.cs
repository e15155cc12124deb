using System.Net;
using System.Net.Http.Json;
using Repaint.Contracts;
using Repaint.Contracts.Http;

namespace Repaint.Tests.Api;

public sealed class MemberTests(ApiHost api) : IClassFixture<ApiHost>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Who_creates_an_event_owns_it_and_its_members_are_listed()
    {
        var row = await api.CreateEventAsync();
        api.Time.Advance(TimeSpan.FromSeconds(1));
        await api.AddMemberAsync(row.Id, "helper", email: "helper@example.org");
        var members = await MembersAsync(row.Id);
        Assert.Equal([ApiHost.Owner, "helper"], members.Select(member => member.Subject));
        Assert.Equal([EventRoles.Owner, EventRoles.Staff], members.Select(member => member.Role));
        Assert.Equal([true, false], members.Select(member => member.Me));
        Assert.Equal("helper@example.org", members[1].Email);
    }

    [Fact]
    public async Task A_member_of_two_events_can_manage_both()
    {
        var first = await api.CreateEventAsync();
        var second = await api.CreateEventAsync();
        using var staff = api.Staff();
        foreach (var row in new[] { first, second })
        {
            using var renamed = await staff.PutAsJsonAsync($"/api/staff/events/{row.Id}", new EventSettings("Both"), Cancellation);
            Assert.Equal(HttpStatusCode.OK, renamed.StatusCode);
        }
    }

    [Fact]
    public async Task A_removed_member_is_refused_from_the_next_request_on()
    {
        var row = await api.CreateEventAsync();
        var helperId = await api.AddMemberAsync(row.Id, "removed");
        using var helper = api.Staff("removed");
        using var before = await helper.GetAsync($"/api/staff/events/{row.Id}", Cancellation);
        Assert.Equal(HttpStatusCode.OK, before.StatusCode);
        using var staff = api.Staff();
        using var removed = await staff.DeleteAsync($"/api/staff/events/{row.Id}/members/{helperId}", Cancellation);
        Assert.Equal(HttpStatusCode.NoContent, removed.StatusCode);
        using var after = await helper.GetAsync($"/api/staff/events/{row.Id}", Cancellation);
        await ApiHost.AssertProblemAsync(404, ErrorCodes.NotFound, after);
    }

    [Fact]
    public async Task A_member_of_another_event_cannot_be_changed_from_here()
    {
        var row = await api.CreateEventAsync();
        var other = await api.CreateEventAsync();
        var memberId = await api.AddMemberAsync(other.Id, "elsewhere");
        using var staff = api.Staff();
        using var removed = await staff.DeleteAsync($"/api/staff/events/{row.Id}/members/{memberId}", Cancellation);
        await ApiHost.AssertProblemAsync(404, ErrorCodes.NotFound, removed);
        Assert.Equal(2, (await MembersAsync(other.Id)).Count);
    }

    [Fact]
    public async Task The_last_owner_can_neither_leave_nor_be_demoted_nor_removed()
    {
        var row = await api.CreateEventAsync();
        var helperId = await api.AddMemberAsync(row.Id, "helper");
        var owner = (await MembersAsync(row.Id)).Single(member => member.Me);
        using var staff = api.Staff();
        var members = $"/api/staff/events/{row.Id}/members";
        using var left = await staff.DeleteAsync($"{members}/me", Cancellation);
        await ApiHost.AssertProblemAsync(409, ErrorCodes.LastOwner, left);
        using var removed = await staff.DeleteAsync($"{members}/{owner.MemberId}", Cancellation);
        await ApiHost.AssertProblemAsync(409, ErrorCodes.LastOwner, removed);
        using var demoted = await staff.PutAsJsonAsync($"{members}/{owner.MemberId}", new MemberSettings(EventRoles.Staff), Cancellation);
        await ApiHost.AssertProblemAsync(409, ErrorCodes.LastOwner, demoted);

        using var promoted = await staff.PutAsJsonAsync($"{members}/{helperId}", new MemberSettings(EventRoles.Owner), Cancellation);
        Assert.Equal(EventRoles.Owner, (await ApiHost.ReadAsync<MemberDetails>(promoted)).Role);
        using var leaves = await staff.DeleteAsync($"{members}/me", Cancellation);
        Assert.Equal(HttpStatusCode.NoContent, leaves.StatusCode);
    }

    [Fact]
    public async Task Owners_who_remove_each_other_at_once_leave_one()
    {
        const int owners = 6;
        for (var round = 0; round < 5; round++)
        {
            var row = await api.CreateEventAsync();
            for (var number = 1; number < owners; number++)
            {
                await api.AddMemberAsync(row.Id, $"owner-{number}", EventRoles.Owner);
            }

            var ids = (await MembersAsync(row.Id)).ToDictionary(member => member.Subject, member => member.MemberId);
            // Everybody removes the next one, demotes the one after, and leaves: all at once.
            await Task.WhenAll(ids.Keys.SelectMany((subject, index) => new Func<HttpClient, Task<HttpResponseMessage>>[]
            {
                client => client.DeleteAsync($"{Path(row.Id)}/{ids.Values.ElementAt((index + 1) % owners)}", Cancellation),
                client => client.PutAsJsonAsync(
                    $"{Path(row.Id)}/{ids.Values.ElementAt((index + 2) % owners)}", new MemberSettings(EventRoles.Staff), Cancellation),
                client => client.DeleteAsync($"{Path(row.Id)}/me", Cancellation),
            }.Select(async call =>
            {
                using var client = api.Staff(subject);
                using var response = await call(client);
                Assert.NotEqual(HttpStatusCode.InternalServerError, response.StatusCode);
            })));
            var left = await api.QueryAsync(context => Task.FromResult(
                context.Members.Count(member => member.EventId == row.Id && member.Role == EventRoles.Owner)));
            Assert.True(left >= 1, $"{left} owners are left");
        }
    }

    [Theory]
    [InlineData("\"admin\"")]
    [InlineData("\"\"")]
    [InlineData("null")]
    [InlineData("1")]
    public async Task An_unknown_role_is_refused(string role)
    {
        var row = await api.CreateEventAsync();
        var memberId = await api.AddMemberAsync(row.Id, "helper");
        using var staff = api.Staff();
        using var response = await staff.PutAsync(
            $"{Path(row.Id)}/{memberId}", new StringContent($$"""{"role":{{role}}}""", System.Text.Encoding.UTF8, "application/json"), Cancellation);
        await ApiHost.AssertProblemAsync(400, ErrorCodes.InvalidRequest, response);
    }

    private static string Path(Guid eventId) => $"/api/staff/events/{eventId}/members";

    private async Task<List<MemberDetails>> MembersAsync(Guid eventId)
    {
        using var staff = api.Staff();
        return (await staff.GetFromJsonAsync<List<MemberDetails>>(Path(eventId), ContractsJson.Options, Cancellation))!;
    }
}
