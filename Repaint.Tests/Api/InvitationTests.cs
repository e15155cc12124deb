using System.Net;
using System.Net.Http.Json;
using Microsoft.EntityFrameworkCore;
using Repaint.Contracts;
using Repaint.Contracts.Http;

namespace Repaint.Tests.Api;

public sealed class InvitationTests(ApiHost api) : IClassFixture<ApiHost>
{
    private const string Accept = "/api/staff/invitations/accept";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Who_is_invited_becomes_a_member_by_the_link()
    {
        var row = await api.CreateEventAsync();
        var created = await InviteAsync(row.Id, " Hanako@Example.org ".Trim());
        Assert.Equal(("hanako@example.org", EventRoles.Staff, InvitationStates.Pending),
            (created.Invitation.Email, created.Invitation.Role, created.Invitation.State));
        Assert.Equal("", created.Link.Query);
        using var hanako = api.Person("hanako", "HANAKO@example.org");
        using var accepted = await AcceptAsync(hanako, created);
        var joined = await ApiHost.ReadAsync<EventDetails>(accepted);
        Assert.Equal((row.Id, EventRoles.Staff), (joined.Id, joined.Role));
        using var page = await hanako.GetAsync($"/api/staff/events/{row.Id}/images", Cancellation);
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.Equal(InvitationStates.Accepted, Assert.Single(await ListAsync(row.Id)).State);
    }

    [Fact]
    public async Task An_invitation_works_once_however_many_try_at_once()
    {
        var row = await api.CreateEventAsync();
        var created = await InviteAsync(row.Id, "shared@example.org");
        // One mailbox, many accounts: the address is the same, the people are not.
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(async number =>
        {
            using var person = api.Person($"person-{number}", "shared@example.org");
            using var response = await AcceptAsync(person, created);
            if (response.StatusCode != HttpStatusCode.OK)
            {
                await ApiHost.AssertProblemAsync(410, ErrorCodes.InvitationUsed, response);
            }

            return response.StatusCode;
        }));
        Assert.Single(answers, HttpStatusCode.OK);
        Assert.Equal(2, await api.QueryAsync(context => context.Members.CountAsync(member => member.EventId == row.Id, Cancellation)));
    }

    [Fact]
    public async Task An_invitation_is_for_one_verified_address()
    {
        var row = await api.CreateEventAsync();
        var created = await InviteAsync(row.Id, "taro@example.org");
        using var other = api.Person("other", "other@example.org");
        using var mismatch = await AcceptAsync(other, created);
        await ApiHost.AssertProblemAsync(403, ErrorCodes.EmailMismatch, mismatch);
        Assert.DoesNotContain("taro", await mismatch.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
        using var unverified = api.Person("unverified", "taro@example.org", verified: false);
        using var refused = await AcceptAsync(unverified, created);
        await ApiHost.AssertProblemAsync(403, ErrorCodes.EmailUnverified, refused);
        using var nameless = api.Staff("nameless");
        using var without = await AcceptAsync(nameless, created);
        await ApiHost.AssertProblemAsync(403, ErrorCodes.EmailUnverified, without);
        // None of them used it up.
        using var taro = api.Person("taro", "taro@example.org");
        using var accepted = await AcceptAsync(taro, created);
        Assert.Equal(HttpStatusCode.OK, accepted.StatusCode);
    }

    [Fact]
    public async Task An_invitation_expires_and_can_be_withdrawn()
    {
        var row = await api.CreateEventAsync();
        var withdrawn = await InviteAsync(row.Id, "late@example.org");
        using var staff = api.Staff();
        using var revoked = await staff.DeleteAsync($"{Path(row.Id)}/{withdrawn.Invitation.InvitationId}", Cancellation);
        Assert.Equal(HttpStatusCode.NoContent, revoked.StatusCode);
        using var late = api.Person("late", "late@example.org");
        using var unknown = await AcceptAsync(late, withdrawn);
        await ApiHost.AssertProblemAsync(404, ErrorCodes.NotFound, unknown);

        var expiring = await InviteAsync(row.Id, "late@example.org");
        await api.QueryAsync(context => context.Invitations.Where(invitation => invitation.Id == expiring.Invitation.InvitationId)
            .ExecuteUpdateAsync(set => set.SetProperty(invitation => invitation.ExpiresAt, api.Time.GetUtcNow()), Cancellation));
        using var expired = await AcceptAsync(late, expiring);
        await ApiHost.AssertProblemAsync(410, ErrorCodes.InvitationExpired, expired);
        Assert.Equal(InvitationStates.Expired, Assert.Single(await ListAsync(row.Id)).State);
    }

    [Fact]
    public async Task An_owner_who_accepts_an_invitation_to_the_staff_stays_owner()
    {
        var row = await api.CreateEventAsync();
        var created = await InviteAsync(row.Id, "boss@example.org");
        using var owner = api.Person(ApiHost.Owner, "boss@example.org");
        using var accepted = await AcceptAsync(owner, created);
        Assert.Equal(EventRoles.Owner, (await ApiHost.ReadAsync<EventDetails>(accepted)).Role);
    }

    [Fact]
    public async Task What_a_removed_owner_promised_is_void()
    {
        var row = await api.CreateEventAsync();
        var bossId = await api.AddMemberAsync(row.Id, "boss", EventRoles.Owner);
        using var boss = api.Staff("boss");
        using var response = await boss.PostAsJsonAsync(Path(row.Id), new InvitationRequest("boss2@example.org", EventRoles.Owner), Cancellation);
        var wayBack = await ApiHost.ReadAsync<CreatedInvitation>(response);
        using var staff = api.Staff();
        using var removed = await staff.DeleteAsync($"/api/staff/events/{row.Id}/members/{bossId}", Cancellation);
        Assert.Equal(HttpStatusCode.NoContent, removed.StatusCode);
        using var again = api.Person("boss", "boss2@example.org");
        using var refused = await AcceptAsync(again, wayBack);
        await ApiHost.AssertProblemAsync(404, ErrorCodes.NotFound, refused);
    }

    [Fact]
    public async Task The_token_of_an_invitation_is_not_stored()
    {
        var row = await api.CreateEventAsync();
        var created = await InviteAsync(row.Id, "secret@example.org");
        var stored = await api.QueryAsync(context => context.Database
            .SqlQuery<string>($"SELECT row_to_json(i)::text AS \"Value\" FROM event_invitations i WHERE id = {created.Invitation.InvitationId}")
            .SingleAsync(Cancellation));
        Assert.DoesNotContain(created.Link.Fragment[1..], stored, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nobody", "staff", 1)]
    [InlineData("a@b c", "staff", 1)]
    [InlineData("", "staff", 1)]
    [InlineData("a@example.org", "admin", 1)]
    [InlineData("a@example.org", "staff", 0)]
    [InlineData("a@example.org", "staff", 721)]
    public async Task An_invitation_outside_its_limits_is_refused(string email, string role, int hours)
    {
        var row = await api.CreateEventAsync();
        using var staff = api.Staff();
        using var response = await staff.PostAsJsonAsync(Path(row.Id), new InvitationRequest(email, role, hours), Cancellation);
        await ApiHost.AssertProblemAsync(400, ErrorCodes.InvalidRequest, response);
    }

    [Theory]
    [InlineData("")]
    [InlineData("12345678901234567890123456789012345678901234567890123456789012345")]
    public async Task A_token_outside_its_limits_is_refused(string token)
    {
        using var person = api.Person("person", "person@example.org");
        using var response = await person.PostAsJsonAsync(Accept, new AcceptInvitationRequest(token), Cancellation);
        await ApiHost.AssertProblemAsync(400, ErrorCodes.InvalidRequest, response);
    }

    private static string Path(Guid eventId) => $"/api/staff/events/{eventId}/invitations";

    private static Task<HttpResponseMessage> AcceptAsync(HttpClient person, CreatedInvitation created) =>
        person.PostAsJsonAsync(Accept, new AcceptInvitationRequest(created.Link.Fragment[1..]), Cancellation);

    private async Task<CreatedInvitation> InviteAsync(Guid eventId, string email)
    {
        using var staff = api.Staff();
        using var response = await staff.PostAsJsonAsync(Path(eventId), new InvitationRequest(email), Cancellation);
        return await ApiHost.ReadAsync<CreatedInvitation>(response);
    }

    private async Task<List<InvitationDetails>> ListAsync(Guid eventId)
    {
        using var staff = api.Staff();
        return (await staff.GetFromJsonAsync<List<InvitationDetails>>(Path(eventId), ContractsJson.Options, Cancellation))!;
    }
}
