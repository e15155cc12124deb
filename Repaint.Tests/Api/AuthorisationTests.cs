using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.IdentityModel.Tokens;
using Repaint.Contracts.Http;

namespace Repaint.Tests.Api;

/// <summary>Every route of the OpenAPI document against every kind of caller who must not get in, and one who must.</summary>
public sealed class AuthorisationTests(ApiHost api) : IClassFixture<ApiHost>
{
    private const string Helper = "helper";
    private const string Revoked = "revoked";
    private const string Outsider = "outsider";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string> Visitors => Routes(Access.Visitor);

    public static TheoryData<string> Staff => Routes(Access.SignedIn, Access.EventCreator, Access.Member, Access.Owner);

    public static TheoryData<string> Events => Routes(Access.Member, Access.Owner);

    [Fact]
    public void Every_route_has_a_rule_and_says_so()
    {
        Assert.Equal(AccessRules.ByRoute.Keys.Order(), ApiRoute.All.Select(route => route.Name).Order());
        foreach (var route in ApiRoute.All)
        {
            var caller = AccessRules.ByRoute[route.Name] switch { Access.Anyone => null, Access.Visitor => "visitor", _ => "staff" };
            Assert.True(caller == route.Caller, $"{route.Name} is for '{route.Caller}'");
            Assert.Equal(route.Path.StartsWith("/api/staff", StringComparison.Ordinal), caller == "staff");
            Assert.Equal(route.Path.StartsWith("/api/visitors/me", StringComparison.Ordinal), caller == "visitor");
            Assert.Equal(route.IsAboutEvent, AccessRules.ByRoute[route.Name] is Access.Member or Access.Owner);
        }
    }

    [Theory]
    [MemberData(nameof(Visitors))]
    [MemberData(nameof(Staff))]
    public async Task Who_does_not_prove_who_he_is_gets_401(string name)
    {
        var things = await PrepareAsync();
        var route = ApiRoute.Named(name);
        var good = api.Authority.Token(ApiHost.Owner);
        var parts = good.Split('.');
        var none = Base64UrlEncoder.Encode(Encoding.ASCII.GetBytes("""{"alg":"none","typ":"at+jwt"}"""));
        var tokens = new Dictionary<string, string?>
        {
            ["no token"] = null,
            ["garbage"] = "garbage",
            ["garbage as long as a visitor's token"] = new string('a', 43),
            ["expired"] = api.Authority.Token(ApiHost.Owner, token => token.Expires = token.NotBefore!.Value.AddHours(1)),
            ["wrong audience"] = api.Authority.Token(ApiHost.Owner, token => token.Audience = "another-api"),
            ["wrong issuer"] = api.Authority.Token(ApiHost.Owner, token => token.Issuer = "https://elsewhere.example/"),
            ["alg: none"] = $"{none}.{parts[1]}.",
            ["alg: none with the old signature"] = $"{none}.{parts[1]}.{parts[2]}",
            ["erased visitor"] = things.Erased.Token,
            ["the other kind of caller"] = route.Caller == "visitor" ? good : things.Victim.Token,
        };
        foreach (var (kind, token) in tokens)
        {
            using var client = api.Client(token);
            using var response = await SendAsync(client, route, things.Ids);
            Assert.True(response.StatusCode == HttpStatusCode.Unauthorized, $"{name}, {kind}: {(int)response.StatusCode}");
            await ApiHost.AssertProblemAsync(401, ErrorCodes.Unauthenticated, response);
        }
    }

    [Theory]
    [MemberData(nameof(Visitors))]
    public async Task Another_visitor_reaches_nothing_of_this_one(string name)
    {
        var things = await PrepareAsync();
        var route = ApiRoute.Named(name);
        using var other = api.Client(things.Other.Token);
        using var response = await SendAsync(other, route, things.Ids);
        if (name is "SelectImage" or "MintVisitorOneTimeUrl")
        {
            await ApiHost.AssertProblemAsync(404, ErrorCodes.NotFound, response);
        }
        else if (response.Content.Headers.ContentType?.MediaType == "application/json")
        {
            var body = await response.Content.ReadAsStringAsync(Cancellation);
            Assert.DoesNotContain(things.Victim.VisitorId.ToString(), body, StringComparison.Ordinal);
            Assert.DoesNotContain(things.Ids["imageId"].ToString(), body, StringComparison.Ordinal);
        }

        using var victim = api.Client(things.Victim.Token);
        using var untouched = await victim.GetAsync("/api/visitors/me", Cancellation);
        Assert.Equal(HttpStatusCode.OK, untouched.StatusCode);
        // And the visitor itself gets in.
        using var itself = await SendAsync(victim, route, things.Ids);
        AssertLetIn(name, itself);
    }

    [Theory]
    [MemberData(nameof(Events))]
    public async Task Staff_of_another_event_and_revoked_members_learn_nothing(string name)
    {
        var things = await PrepareAsync();
        var route = ApiRoute.Named(name);
        var nowhere = new Dictionary<string, Guid>(things.Ids) { ["eventId"] = Guid.CreateVersion7(api.Time.GetUtcNow()) };
        var answers = new HashSet<string>();
        foreach (var subject in new[] { Outsider, Revoked })
        {
            // The event as it is, and one that does not exist: the same answer.
            foreach (var ids in new[] { things.Ids, nowhere })
            {
                using var client = api.Staff(subject);
                using var response = await SendAsync(client, route, ids);
                await ApiHost.AssertProblemAsync(404, ErrorCodes.NotFound, response);
                using var problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Cancellation));
                answers.Add(problem.RootElement.GetProperty("detail").GetString()!);
            }
        }

        Assert.Single(answers);
    }

    [Theory]
    [MemberData(nameof(Events))]
    public async Task Staff_without_the_role_are_403_and_those_with_it_get_in(string name)
    {
        var things = await PrepareAsync();
        var route = ApiRoute.Named(name);
        using var helper = api.Staff(Helper);
        using var response = await SendAsync(helper, route, things.Ids);
        if (AccessRules.ByRoute[name] == Access.Owner)
        {
            await ApiHost.AssertProblemAsync(403, ErrorCodes.Forbidden, response);
        }
        else
        {
            AssertLetIn(name, response);
        }

        using var owner = api.Staff();
        using var allowed = await SendAsync(owner, route, things.Ids);
        AssertLetIn(name, allowed);
    }

    [Fact]
    public async Task Only_who_has_the_role_creates_events()
    {
        var things = await PrepareAsync();
        using var person = api.Client(api.Authority.Token("person", roles: "event-viewer"));
        using var refused = await SendAsync(person, ApiRoute.Named("CreateEvent"), things.Ids);
        await ApiHost.AssertProblemAsync(403, ErrorCodes.Forbidden, refused);
        using var creator = api.Staff("person");
        using var created = await SendAsync(creator, ApiRoute.Named("CreateEvent"), things.Ids);
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
    }

    private static TheoryData<string> Routes(params Access[] rules) =>
        [.. ApiRoute.All.Where(route => AccessRules.ByRoute.TryGetValue(route.Name, out var rule) && rules.Contains(rule)).Select(route => route.Name)];

    /// <summary>The headers only: a stream has no end to wait for.</summary>
    private static Task<HttpResponseMessage> SendAsync(HttpClient client, ApiRoute route, IReadOnlyDictionary<string, Guid> ids) =>
        client.SendAsync(route.Request(ids), HttpCompletionOption.ResponseHeadersRead, Cancellation);

    /// <summary>What the request then comes to is another test's matter; but it is not refused for who asks, nor our fault.</summary>
    private static void AssertLetIn(string name, HttpResponseMessage response) => Assert.True(
        response.StatusCode is not (HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden) && (int)response.StatusCode < 500,
        $"{name}: {(int)response.StatusCode}");

    private async Task<Things> PrepareAsync()
    {
        var row = await api.CreateEventAsync();
        var victim = await api.JoinAsync(row.Id);
        var photo = await api.PhotographAsync(victim, 1);
        var spot = await api.CreateSpotAsync(row.Id);
        var helperId = await api.AddMemberAsync(row.Id, Helper);
        using var owner = api.Staff();
        var revokedId = await api.AddMemberAsync(row.Id, Revoked);
        using var revoked = await owner.DeleteAsync($"/api/staff/events/{row.Id}/members/{revokedId}", Cancellation);
        Assert.Equal(HttpStatusCode.NoContent, revoked.StatusCode);
        var elsewhere = await api.CreateEventAsync();
        await api.AddMemberAsync(elsewhere.Id, Outsider, EventRoles.Owner);
        var erased = await api.JoinAsync(row.Id);
        using var leaving = api.Client(erased.Token);
        using var gone = await leaving.DeleteAsync("/api/visitors/me", Cancellation);
        Assert.Equal(HttpStatusCode.NoContent, gone.StatusCode);
        return new Things(victim, await api.JoinAsync(row.Id), erased, new Dictionary<string, Guid>
        {
            ["eventId"] = row.Id,
            ["visitorId"] = victim.VisitorId,
            ["imageId"] = photo.ImageId,
            ["spotId"] = spot.Id,
            ["memberId"] = helperId,
            ["invitationId"] = helperId,
        });
    }

    private sealed record Things(JoinedVisitor Victim, JoinedVisitor Other, JoinedVisitor Erased, IReadOnlyDictionary<string, Guid> Ids);
}
