using System.Net;
using System.Text;
using System.Text.Json;
using Repaint.Contracts.Http;

namespace Repaint.Tests.Api;

/// <summary>Every route of the OpenAPI document against every kind of caller who must not get in.</summary>
public sealed class AuthorisationTests(ApiHost api) : IClassFixture<ApiHost>
{
    private static readonly HashSet<string> Open = ["JoinEvent", "RecoverVisitor", "GetClientConfig", "GetEventSummary"];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_route_says_who_may_call_it()
    {
        foreach (var route in await RoutesAsync())
        {
            Assert.True(route.Caller is "visitor" or "staff" ? !Open.Contains(route.Name) : Open.Contains(route.Name),
                $"{route.Name} is for '{route.Caller}'");
            Assert.Equal(route.Path.StartsWith("/api/staff", StringComparison.Ordinal), route.Caller == "staff");
            Assert.Equal(route.Path.StartsWith("/api/visitors/me", StringComparison.Ordinal), route.Caller == "visitor");
        }
    }

    [Fact]
    public async Task No_token_garbage_and_the_other_kind_of_token_are_401_on_every_route()
    {
        var row = await api.CreateEventAsync();
        var visitor = await api.JoinAsync(row.Id);
        var erased = await api.JoinAsync(row.Id);
        using (var client = api.Client(erased.Token))
        {
            using var gone = await client.DeleteAsync("/api/visitors/me", Cancellation);
        }

        foreach (var route in (await RoutesAsync()).Where(route => route.Caller is not null))
        {
            var wrongKind = route.Caller == "visitor" ? api.Authority.Token(ApiHost.Owner) : visitor.Token;
            foreach (var token in new[] { null, "garbage", new string('a', 43), wrongKind, erased.Token })
            {
                using var client = api.Client(token);
                using var response = await client.SendAsync(route.Request(row.Id), Cancellation);
                Assert.True(response.StatusCode == HttpStatusCode.Unauthorized, $"{route.Name}: {(int)response.StatusCode}");
                await ApiHost.AssertProblemAsync(401, ErrorCodes.Unauthenticated, response);
            }
        }
    }

    [Fact]
    public async Task Staff_of_another_event_and_nobodys_event_are_the_same_404_on_every_event_route()
    {
        var row = await api.CreateEventAsync();
        using var outsider = api.Staff("outsider");
        var routes = (await RoutesAsync()).Where(route => route.Path.Contains("{eventId}", StringComparison.Ordinal) && route.Caller == "staff").ToList();
        Assert.NotEmpty(routes);
        foreach (var route in routes)
        {
            var answers = new List<string>();
            foreach (var eventId in new[] { row.Id, Guid.CreateVersion7(api.Time.GetUtcNow()) })
            {
                using var response = await outsider.SendAsync(route.Request(eventId), Cancellation);
                await ApiHost.AssertProblemAsync(404, ErrorCodes.NotFound, response);
                using var problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Cancellation));
                answers.Add(problem.RootElement.GetProperty("detail").GetString()!);
            }

            Assert.Equal(answers[0], answers[1]);
        }
    }

    [Fact]
    public async Task Members_who_are_not_owners_cannot_change_the_event()
    {
        var row = await api.CreateEventAsync();
        await api.AddMemberAsync(row.Id, "helper");
        using var staff = api.Staff("helper");
        string[] forOwners = [
            "UpdateEvent", "DeleteEvent", "CreateSpot", "UpdateSpot", "DeleteSpot", "RotateSpotKey", "DeleteImage",
            "UpdateMember", "RemoveMember", "CreateInvitation", "ListInvitations", "RevokeInvitation", "ListPhotoAccesses"];
        foreach (var route in (await RoutesAsync())
            .Where(route => route.Caller == "staff" && route.Path.Contains("{eventId}", StringComparison.Ordinal))
            .OrderBy(route => route.Name == "LeaveEvent"))
        {
            using var response = await staff.SendAsync(route.Request(row.Id), Cancellation);
            Assert.True(forOwners.Contains(route.Name) == (response.StatusCode == HttpStatusCode.Forbidden),
                $"{route.Name}: {(int)response.StatusCode}");
        }
    }

    private async Task<List<Route>> RoutesAsync()
    {
        using var client = api.Client();
        using var document = JsonDocument.Parse(await client.GetStringAsync("/openapi/v1.json", Cancellation));
        return [.. from path in document.RootElement.GetProperty("paths").EnumerateObject()
                   from operation in path.Value.EnumerateObject()
                   let caller = operation.Value.TryGetProperty("security", out var security)
                       ? security.EnumerateArray().Single().EnumerateObject().Single().Name
                       : null
                   select new Route(
                       operation.Value.GetProperty("operationId").GetString()!, operation.Name.ToUpperInvariant(), path.Name, caller,
                       operation.Value.TryGetProperty("requestBody", out _))];
    }

    private sealed record Route(string Name, string Method, string Path, string? Caller, bool HasBody)
    {
        public HttpRequestMessage Request(Guid eventId)
        {
            var path = Path.Replace("{eventId}", eventId.ToString(), StringComparison.Ordinal);
            foreach (var parameter in new[] { "{visitorId}", "{imageId}", "{spotId}", "{memberId}", "{invitationId}" })
            {
                path = path.Replace(parameter, "01900000-0000-7000-8000-000000000000", StringComparison.Ordinal);
            }

            Assert.DoesNotContain("{", path, StringComparison.Ordinal);
            return new HttpRequestMessage(new HttpMethod(Method), path)
            {
                Content = HasBody ? new StringContent("""{"name":"x","rendition":"view","imageIds":["01900000-0000-7000-8000-000000000000"]}""", Encoding.UTF8, "application/json") : null,
            };
        }
    }
}
