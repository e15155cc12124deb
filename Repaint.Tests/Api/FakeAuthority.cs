using System.Security.Claims;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Repaint.Tests.Infrastructure;

namespace Repaint.Tests.Api;

/// <summary>An OpenID Connect authority: discovery, keys, and tokens as good or as bad as a test wants them.</summary>
internal sealed class FakeAuthority : IAsyncDisposable
{
    public const string Audience = "repaint-api";

    private readonly RSA _rsa = RSA.Create(2048);
    private readonly RSA _foreign = RSA.Create(2048);
    private WebApplication? _app;

    private readonly Uri _address = new($"http://127.0.0.1:{FreePort.Next()}/");
    private int _keySetsServed;

    /// <param name="path">Path of the issuer: that of a tenant, for instance.</param>
    public FakeAuthority(string path = "")
    {
        Key = new RsaSecurityKey(_rsa) { KeyId = "test" };
        Issuer = new Uri(_address, path);
    }

    public Uri Issuer { get; }

    /// <summary>How often somebody fetched the keys.</summary>
    public int KeySetsServed => _keySetsServed;

    /// <summary>The id under which the key is published; changing it is a rotation.</summary>
    public string KeyId { get; set; } = "test";

    public RsaSecurityKey Key { get; }

    /// <summary>A key of somebody else that claims the same id.</summary>
    public RsaSecurityKey ForeignKey => new(_foreign) { KeyId = "test" };

    public async Task StartAsync()
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        _app = builder.Build();
        _app.Urls.Add(_address.ToString());
        _app.MapGet(Issuer.AbsolutePath.TrimEnd('/') + "/.well-known/openid-configuration", () => Results.Json(new
        {
            issuer = Issuer,
            jwks_uri = new Uri(_address, "jwks"),
        }));
        _app.MapGet("/jwks", () => Results.Json(new
        {
            served = Interlocked.Increment(ref _keySetsServed),
            keys = new[]
            {
                new
                {
                    kty = "RSA", use = "sig", kid = KeyId, alg = "RS256",
                    n = Base64UrlEncoder.Encode(_rsa.ExportParameters(false).Modulus),
                    e = Base64UrlEncoder.Encode(_rsa.ExportParameters(false).Exponent),
                },
            },
        }));
        await _app.StartAsync();
    }

    /// <summary>A token for a member of staff; <paramref name="spoil"/> may change anything about it.</summary>
    public string Token(string subject, Action<SecurityTokenDescriptor>? spoil = null, params string[] roles)
    {
        var claims = roles.Select(role => new Claim("role", role)).Append(new Claim("sub", subject));
        var descriptor = new SecurityTokenDescriptor
        {
            Issuer = Issuer.ToString(),
            Audience = Audience,
            Subject = new ClaimsIdentity(claims),
            IssuedAt = TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(-2),
            NotBefore = TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(-2),
            Expires = TimeProvider.System.GetUtcNow().UtcDateTime.AddMinutes(10),
            SigningCredentials = new SigningCredentials(Key, SecurityAlgorithms.RsaSha256),
            TokenType = "at+jwt",
        };
        spoil?.Invoke(descriptor);
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(descriptor);
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.DisposeAsync();
        }

        _rsa.Dispose();
        _foreign.Dispose();
    }
}
