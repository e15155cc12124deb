using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Repaint.Tests.LocalIdentity;

public sealed class TokenTests(IdentityFixture identity) : IClassFixture<IdentityFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_persons_access_token_is_a_signed_JWT_with_subject_roles_and_verified_email()
    {
        using var flow = identity.NewFlow();
        var tokens = await flow.RunAsync(IdentityFixture.UserName, IdentityFixture.Password);

        var token = await ValidateAsync(tokens.GetProperty("access_token").GetString()!, identity.Authority);

        Assert.Equal(IdentityFixture.UserName, token.Subject);
        Assert.Equal("event-creator", token.GetClaim("role").Value);
        Assert.Equal("hanako@example.org", token.GetClaim("email").Value);
        Assert.Equal(bool.TrueString, token.GetClaim("email_verified").Value, ignoreCase: true);
        Assert.False(token.TryGetClaim("name", out _));
    }

    [Fact]
    public async Task A_scripts_access_token_carries_its_role_and_no_refresh_token_comes_with_it()
    {
        using var answer = await ScriptTokenAsync(IdentityFixture.ScriptSecret);
        var tokens = await answer.Content.ReadFromJsonAsync<JsonElement>(Cancellation);

        var token = await ValidateAsync(tokens.GetProperty("access_token").GetString()!, identity.Authority);

        Assert.Equal(IdentityFixture.ScriptId, token.Subject);
        Assert.Equal("event-creator", token.GetClaim("role").Value);
        Assert.False(tokens.TryGetProperty("refresh_token", out _));
    }

    [Fact]
    public async Task A_wrong_script_secret_is_refused()
    {
        using var answer = await ScriptTokenAsync(IdentityFixture.ScriptSecret.Replace('0', '1'));

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task After_a_restart_the_keys_are_the_same_and_older_tokens_still_good()
    {
        using var answer = await ScriptTokenAsync(IdentityFixture.ScriptSecret);
        var tokens = await answer.Content.ReadFromJsonAsync<JsonElement>(Cancellation);

        await using var restarted = identity.StartAgain(out var authority);

        await ValidateAsync(tokens.GetProperty("access_token").GetString()!, authority);
    }

    [Fact]
    public async Task Keys_are_for_their_owner_only()
    {
        using var answer = await ScriptTokenAsync(IdentityFixture.ScriptSecret);

        var ownerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        Assert.Equal(ownerOnly, File.GetUnixFileMode(Path.Combine(identity.DataDirectory, "signing.pem")));
        Assert.Equal(ownerOnly, File.GetUnixFileMode(Path.Combine(identity.DataDirectory, "encryption.pem")));
        Assert.Equal(ownerOnly | UnixFileMode.UserExecute, File.GetUnixFileMode(identity.DataDirectory));
    }

    private async Task<HttpResponseMessage> ScriptTokenAsync(string secret)
    {
        using var flow = identity.NewFlow();
        return await flow.TokenAsync(new()
        {
            ["grant_type"] = "client_credentials",
            ["client_id"] = IdentityFixture.ScriptId,
            ["client_secret"] = secret,
            ["scope"] = "repaint-api",
        });
    }

    /// <summary>As an API would: discovery, key set, issuer, audience, signature, lifetime.</summary>
    private async Task<JsonWebToken> ValidateAsync(string token, Uri server)
    {
        using var client = new HttpClient { BaseAddress = server };
        var discovery = await client.GetFromJsonAsync<JsonElement>(".well-known/openid-configuration", Cancellation);
        var keys = new JsonWebKeySet(await client.GetStringAsync(discovery.GetProperty("jwks_uri").GetString(), Cancellation));
        var result = await new JsonWebTokenHandler { MapInboundClaims = false }.ValidateTokenAsync(token, new TokenValidationParameters
        {
            ValidIssuer = identity.Authority.AbsoluteUri,
            ValidAudience = "repaint-api",
            ValidAlgorithms = [SecurityAlgorithms.RsaSha256],
            ValidTypes = ["at+jwt"],
            IssuerSigningKeys = keys.GetSigningKeys(),
        });
        Assert.True(result.IsValid, result.Exception?.Message);
        Assert.Equal(identity.Authority.AbsoluteUri, discovery.GetProperty("issuer").GetString());
        return (JsonWebToken)result.SecurityToken;
    }
}
