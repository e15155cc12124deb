using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.IdentityModel.Tokens;
using Repaint.Contracts.Http;

namespace Repaint.Tests.Api;

public sealed class TokenTests(ApiHost api) : IClassFixture<ApiHost>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_good_token_is_accepted()
    {
        Assert.Equal(HttpStatusCode.OK, await AskAsync(api.Authority.Token("somebody")));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(api.Authority.Token("somebody", token => token.TokenType = "JWT")));
    }

    [Fact]
    public Task A_token_of_another_issuer_is_refused() => RefusedAsync(token => token.Issuer = "https://elsewhere.example/");

    [Fact]
    public Task A_token_for_another_audience_is_refused() => RefusedAsync(token => token.Audience = "repaint-console");

    [Fact]
    public Task A_token_without_audience_is_refused() => RefusedAsync(token => token.Audience = null);

    [Fact]
    public Task An_expired_token_is_refused() => RefusedAsync(token => token.Expires = token.NotBefore!.Value.AddHours(1));

    [Fact]
    public Task A_token_that_never_expires_is_refused() => RefusedAsync(token => token.Expires = null);

    [Fact]
    public Task A_token_of_tomorrow_is_refused() => RefusedAsync(token =>
    {
        token.NotBefore = token.NotBefore!.Value.AddDays(1);
        token.Expires = token.NotBefore.Value.AddHours(1);
    });

    [Fact]
    public Task A_token_signed_by_another_key_is_refused() => RefusedAsync(token =>
        token.SigningCredentials = new SigningCredentials(api.Authority.ForeignKey, SecurityAlgorithms.RsaSha256));

    [Fact]
    public Task A_token_signed_with_the_public_key_as_a_secret_is_refused() => RefusedAsync(token =>
        token.SigningCredentials = new SigningCredentials(
            new SymmetricSecurityKey(api.Authority.Key.Rsa.ExportSubjectPublicKeyInfo()) { KeyId = "test" }, SecurityAlgorithms.HmacSha256));

    [Fact]
    public Task An_unsigned_token_is_refused() => RefusedAsync(token => token.SigningCredentials = null);

    [Fact]
    public Task A_token_of_another_type_is_refused() => RefusedAsync(token => token.TokenType = "logout+jwt");

    [Fact]
    public async Task A_token_whose_header_was_changed_to_none_is_refused()
    {
        var parts = api.Authority.Token("somebody").Split('.');
        var none = Base64UrlEncoder.Encode(Encoding.ASCII.GetBytes("""{"alg":"none","typ":"at+jwt"}"""));
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync($"{none}.{parts[1]}."));
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync($"{none}.{parts[1]}.{parts[2]}"));
    }

    [Fact]
    public async Task A_token_without_a_usable_subject_is_refused()
    {
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(api.Authority.Token("")));
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(api.Authority.Token(new string('x', 256))));
    }

    [Fact]
    public async Task Creating_an_event_needs_the_role()
    {
        using var client = api.Client(api.Authority.Token("somebody", roles: "event-viewer"));
        using var response = await client.PostAsync(
            "/api/staff/events", new StringContent("""{"name":"Mine"}""", Encoding.UTF8, "application/json"), Cancellation);
        await ApiHost.AssertProblemAsync(StatusCodes.Status403Forbidden, ErrorCodes.Forbidden, response);
    }

    private async Task RefusedAsync(Action<SecurityTokenDescriptor> spoil) =>
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(api.Authority.Token("somebody", spoil)));

    private async Task<HttpStatusCode> AskAsync(string token)
    {
        using var client = api.Client(token);
        using var response = await client.GetAsync("/api/staff/me", Cancellation);
        return response.StatusCode;
    }
}
