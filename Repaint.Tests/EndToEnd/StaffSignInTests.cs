using System.Net;
using System.Net.Http.Json;
using Repaint.Contracts;
using Repaint.Contracts.Http;
using Repaint.Tests.Infrastructure;

namespace Repaint.Tests.EndToEnd;

/// <summary>運営ログイン: the console signs in at the authority, the API believes its token.</summary>
[Collection(SystemCollection.Name)]
public sealed class StaffSignInTests(SystemFixture system)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_member_of_staff_signs_in_with_what_the_API_tells_the_console_and_sees_the_events()
    {
        using var anonymous = system.NewClient();
        var config = await anonymous.GetFromJsonAsync<ClientConfig>("/api/client-config", ContractsJson.Options, Cancellation);
        var callback = new Uri(system.State.Urls.Api, "/console/authentication/login-callback");
        using var flow = new CodeFlow(new Uri(config!.Authority), config.ClientId, callback, config.Scope);
        var tokens = await flow.RunAsync(system.Account.UserName, system.Account.Password);
        using var staff = system.NewClient(tokens.GetProperty("access_token").GetString());

        var profile = await staff.GetFromJsonAsync<StaffProfile>("/api/staff/me", ContractsJson.Options, Cancellation);

        Assert.Equal(system.Account.UserName, profile!.Subject);
        Assert.True(profile.MayCreateEvents);
        Assert.Contains(profile.Events, mine => mine.Id == system.Demo.Event.Id);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("not a token")]
    public async Task Without_a_token_of_that_authority_the_API_refuses(string? token)
    {
        using var stranger = system.NewClient(token);

        using var answer = await stranger.GetAsync(new Uri("/api/staff/me", UriKind.Relative), Cancellation);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task A_visitors_token_is_no_staff_token()
    {
        using var visitor = await system.JoinAsync();

        using var answer = await visitor.Http.GetAsync(new Uri("/api/staff/me", UriKind.Relative), Cancellation);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }
}
