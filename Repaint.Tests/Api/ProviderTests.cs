using System.Net;
using System.Net.Http.Json;
using System.Text;
using Microsoft.AspNetCore.Hosting;
using Microsoft.IdentityModel.Tokens;
using Repaint.Contracts;
using Repaint.Contracts.Http;
using Repaint.Tests.LocalIdentity;

namespace Repaint.Tests.Api;

/// <summary>Staff tokens in the shape of each provider, signed by a test key; and those of the local authority as it runs.</summary>
public sealed class ProviderTests(ApiHost api, IdentityFixture identity) : IClassFixture<ApiHost>, IClassFixture<IdentityFixture>
{
    private const string Tenant = "9f1b6c1e-0000-4000-8000-2d5a3f1c7b90";
    private const string Application = "5b3c2a10-0000-4000-8000-6f1e2d3c4b5a";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Entra_tokens_are_accepted_with_their_roles_and_verified_address()
    {
        await using var entra = await StartAsync(Entra(), "Entra");
        var profile = await entra.ProfileAsync(entra.Token());
        Assert.Equal(("AAAAAAAAAAAAAAAAAAAAAIkzqFVrSaSaFHy782bbtaQ", true, "hanako@example.org"),
            (profile.Subject, profile.MayCreateEvents, profile.VerifiedEmail));
        var viewer = await entra.ProfileAsync(entra.Token(token => token.Claims["roles"] = new[] { "reader" }));
        Assert.False(viewer.MayCreateEvents);
        // The tenant does not vouch for the address: the person could have typed any.
        var unverified = await entra.ProfileAsync(entra.Token(token => token.Claims["xms_edov"] = false));
        Assert.Null(unverified.VerifiedEmail);
    }

    [Fact]
    public async Task Entra_tokens_of_another_tenant_application_or_without_any_permission_are_refused()
    {
        await using var entra = await StartAsync(Entra(), "Entra");
        var other = "11111111-0000-4000-8000-111111111111";
        await entra.RefusesAsync(token =>
        {
            token.Issuer = token.Issuer.Replace(Tenant, other, StringComparison.Ordinal);
            token.Claims["tid"] = other;
        });
        await entra.RefusesAsync(token => token.Issuer = $"https://sts.windows.net/{other}/");
        await entra.RefusesAsync(token =>
        {
            token.Claims.Remove("roles");
            token.Claims.Remove("scp");
        });
        await entra.RefusesWhatNobodyMayAcceptAsync();
    }

    [Fact]
    public async Task Auth0_tokens_are_accepted_with_configured_claims()
    {
        await using var auth0 = await StartAsync(Auth0(), "Oidc", builder => builder
            .UseSetting("Authentication:RoleClaim", "permissions")
            .UseSetting("Authentication:EventCreatorRole", "create:events")
            .UseSetting("Authentication:EmailClaim", "https://repaint.example/email")
            .UseSetting("Authentication:EmailVerifiedClaim", "https://repaint.example/email_verified"));
        var profile = await auth0.ProfileAsync(auth0.Token());
        Assert.Equal(("auth0|64b7c0ffee", true, "taro@example.org"), (profile.Subject, profile.MayCreateEvents, profile.VerifiedEmail));
        var plain = await auth0.ProfileAsync(auth0.Token(token =>
        {
            token.Claims["permissions"] = Array.Empty<string>();
            token.Claims["https://repaint.example/email_verified"] = false;
            // Not the claims that count here.
            token.Claims["role"] = "create:events";
            token.Claims["email"] = "boss@example.org";
            token.Claims["email_verified"] = true;
        }));
        Assert.Equal((false, null), (plain.MayCreateEvents, plain.VerifiedEmail));
        await auth0.RefusesWhatNobodyMayAcceptAsync();
    }

    [Fact]
    public async Task An_address_claim_that_is_verified_by_nature_needs_no_second_claim()
    {
        await using var oidc = await StartAsync(Auth0(), "Oidc", builder => builder
            .UseSetting("Authentication:EmailClaim", "verified_primary_email").UseSetting("Authentication:EmailVerifiedClaim", ""));
        var profile = await oidc.ProfileAsync(oidc.Token(token => token.Claims["verified_primary_email"] = new[] { "Taro@Example.org" }));
        Assert.Equal("taro@example.org", profile.VerifiedEmail);
    }

    [Fact]
    public async Task The_key_set_is_fetched_once_and_again_when_a_key_is_new_but_not_for_every_forgery()
    {
        await using var oidc = await StartAsync(Auth0(), "Oidc");
        for (var request = 0; request < 20; request++)
        {
            await oidc.ProfileAsync(oidc.Token());
        }

        Assert.Equal(1, oidc.Authority.KeySetsServed);
        for (var forgery = 0; forgery < 20; forgery++)
        {
            await oidc.RefusesAsync(token => token.SigningCredentials = new SigningCredentials(
                new RsaSecurityKey(oidc.Authority.ForeignKey.Rsa) { KeyId = $"unknown-{forgery}" }, SecurityAlgorithms.RsaSha256));
        }

        Assert.InRange(oidc.Authority.KeySetsServed, 1, 3);
    }

    [Fact]
    public async Task A_new_key_of_the_authority_is_accepted()
    {
        await using var oidc = await StartAsync(Auth0(), "Oidc");
        await oidc.ProfileAsync(oidc.Token());
        oidc.Authority.KeyId = "rotated";
        var token = oidc.Token(spoil => spoil.SigningCredentials = new SigningCredentials(
            new RsaSecurityKey(oidc.Authority.Key.Rsa) { KeyId = "rotated" }, SecurityAlgorithms.RsaSha256));
        // The first token with a new key has the key set fetched; at the latest the next one finds it.
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (await oidc.AskAsync(token) != HttpStatusCode.OK)
        {
            Assert.False(limit.IsCancellationRequested, "The new key was never accepted.");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Cancellation);
        }
    }

    [Theory]
    [InlineData("https://login.microsoftonline.com/common/v2.0")]
    [InlineData("https://login.microsoftonline.com/organizations/v2.0")]
    [InlineData("https://login.microsoftonline.com/")]
    public void Entra_without_one_tenant_is_no_configuration(string authority)
    {
        var options = new Repaint.Api.Authentication.StaffAuthenticationOptions
        {
            Provider = Repaint.Api.Authentication.StaffProvider.Entra,
            Authority = authority,
        };
        Assert.NotEmpty(options.Validate(new System.ComponentModel.DataAnnotations.ValidationContext(options)));
    }

    [Fact]
    public async Task The_local_authoritys_tokens_are_accepted_as_it_issues_them()
    {
        var (factory, address) = api.StartInstance(builder => builder.UseSetting("Authentication:Authority", identity.Authority.AbsoluteUri));
        await using var instance = factory;
        using var flow = identity.NewFlow();
        var tokens = await flow.RunAsync(IdentityFixture.UserName, IdentityFixture.Password);
        using var hanako = api.Client(tokens.GetProperty("access_token").GetString(), address);
        var profile = await hanako.GetFromJsonAsync<StaffProfile>("/api/staff/me", ContractsJson.Options, Cancellation);
        Assert.Equal((IdentityFixture.UserName, true, "hanako@example.org"), (profile!.Subject, profile.MayCreateEvents, profile.VerifiedEmail));
        // An identity token is for the console; the API is not its audience.
        using var wrong = api.Client(tokens.GetProperty("id_token").GetString(), address);
        using var refused = await wrong.GetAsync("/api/staff/me", Cancellation);
        await ApiHost.AssertProblemAsync(401, ErrorCodes.Unauthenticated, refused);
        // Nor is another authority's token good here.
        using var foreign = api.Client(api.Authority.Token(IdentityFixture.UserName), address);
        using var unknown = await foreign.GetAsync("/api/staff/me", Cancellation);
        await ApiHost.AssertProblemAsync(401, ErrorCodes.Unauthenticated, unknown);
    }

    private static (FakeAuthority Authority, SecurityTokenDescriptor Shape) Entra()
    {
        var authority = new FakeAuthority($"{Tenant}/v2.0");
        return (authority, Shape(authority, Application, new()
        {
            ["sub"] = "AAAAAAAAAAAAAAAAAAAAAIkzqFVrSaSaFHy782bbtaQ",
            ["oid"] = "00000000-0000-0000-66f3-3332eca7ea81",
            ["tid"] = Tenant,
            ["ver"] = "2.0",
            ["azp"] = "6e74172b-be56-4843-9ff4-e66a39bb12e3",
            ["scp"] = "access_as_staff",
            ["roles"] = new[] { "event-creator" },
            ["preferred_username"] = "somebody.else@example.org",
            ["email"] = "Hanako@example.org",
            ["xms_edov"] = true,
        }));
    }

    private static (FakeAuthority Authority, SecurityTokenDescriptor Shape) Auth0()
    {
        var authority = new FakeAuthority();
        var shape = Shape(authority, null, new()
        {
            ["aud"] = new[] { Application, $"{authority.Issuer}userinfo" },
            ["sub"] = "auth0|64b7c0ffee",
            ["azp"] = "my_client_id",
            ["scope"] = "openid profile email",
            ["permissions"] = new[] { "create:events" },
            ["https://repaint.example/email"] = "taro@example.org",
            ["https://repaint.example/email_verified"] = true,
        });
        return (authority, shape);
    }

    private static SecurityTokenDescriptor Shape(FakeAuthority authority, string? audience, Dictionary<string, object> claims) => new()
    {
        Issuer = authority.Issuer.ToString(),
        Audience = audience,
        Claims = claims,
        TokenType = "JWT",
    };

    private async Task<Provider> StartAsync(
        (FakeAuthority Authority, SecurityTokenDescriptor Shape) provider, string name, Action<IWebHostBuilder>? configure = null)
    {
        await provider.Authority.StartAsync();
        var (factory, address) = api.StartInstance(builder =>
        {
            builder.UseSetting("Authentication:Provider", name)
                .UseSetting("Authentication:Authority", provider.Authority.Issuer.ToString())
                .UseSetting("Authentication:Audience", Application);
            configure?.Invoke(builder);
        });
        return new Provider(api, provider.Authority, provider.Shape, factory, address);
    }

    /// <summary>An instance of the API that believes one authority.</summary>
    private sealed class Provider(
        ApiHost api, FakeAuthority authority, SecurityTokenDescriptor shape, ApiHost.Factory factory, Uri address) : IAsyncDisposable
    {
        public FakeAuthority Authority => authority;

        /// <summary>A token in the provider's shape; <paramref name="spoil"/> may change anything about it.</summary>
        public string Token(Action<SecurityTokenDescriptor>? spoil = null) => authority.Token("", token =>
        {
            token.Subject = null;
            token.Issuer = shape.Issuer;
            token.Audience = shape.Audience;
            token.Claims = new Dictionary<string, object>(shape.Claims);
            token.TokenType = shape.TokenType;
            spoil?.Invoke(token);
        });

        public async Task<StaffProfile> ProfileAsync(string token)
        {
            using var client = api.Client(token, address);
            using var response = await client.GetAsync("/api/staff/me", Cancellation);
            return await ApiHost.ReadAsync<StaffProfile>(response);
        }

        public async Task<HttpStatusCode> AskAsync(string token)
        {
            using var client = api.Client(token, address);
            using var response = await client.GetAsync("/api/staff/me", Cancellation);
            return response.StatusCode;
        }

        public async Task RefusesAsync(Action<SecurityTokenDescriptor> spoil) =>
            Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(Token(spoil)));

        public async Task RefusesWhatNobodyMayAcceptAsync()
        {
            await RefusesAsync(token => token.Issuer = "https://elsewhere.example/");
            await RefusesAsync(token =>
            {
                token.Claims.Remove("aud");
                token.Audience = "another-api";
            });
            await RefusesAsync(token => token.Expires = token.NotBefore!.Value.AddHours(1));
            await RefusesAsync(token => token.Expires = null);
            await RefusesAsync(token => token.SigningCredentials = new SigningCredentials(authority.ForeignKey, SecurityAlgorithms.RsaSha256));
            await RefusesAsync(token => token.SigningCredentials = new SigningCredentials(
                new SymmetricSecurityKey(authority.Key.Rsa.ExportSubjectPublicKeyInfo()) { KeyId = "test" }, SecurityAlgorithms.HmacSha256));
            await RefusesAsync(token => token.SigningCredentials = null);
            await RefusesAsync(token => token.Claims.Remove("sub"));
            var parts = Token().Split('.');
            var none = Base64UrlEncoder.Encode(Encoding.ASCII.GetBytes("""{"alg":"none","typ":"JWT"}"""));
            Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync($"{none}.{parts[1]}."));
            Assert.Equal(HttpStatusCode.OK, await AskAsync(Token()));
        }

        public async ValueTask DisposeAsync()
        {
            await factory.DisposeAsync();
            await authority.DisposeAsync();
        }
    }
}
