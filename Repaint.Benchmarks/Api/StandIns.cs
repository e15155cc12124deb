using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Repaint.Contracts.Http;

namespace Repaint.Benchmarks.Api;

/// <summary>A gateway that accepts every photograph, and an authority with one key: what the API's own cost is without theirs.</summary>
internal sealed class StandIns(int port) : IAsyncDisposable
{
    public const string Subject = "benchmark";

    private readonly RSA _key = RSA.Create(2048);
    private WebApplication? _app;

    public Uri Address { get; } = new($"http://127.0.0.1:{port}");

    public string StaffToken { get; private set; } = "";

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var now = TimeProvider.System.GetUtcNow();
        var content = Encode(new { alg = "RS256", typ = "at+jwt", kid = "bench" }) + '.' + Encode(new
        {
            iss = Address.ToString(),
            aud = "repaint-api",
            sub = Subject,
            iat = now.ToUnixTimeSeconds(),
            nbf = now.ToUnixTimeSeconds(),
            exp = now.AddHours(6).ToUnixTimeSeconds(),
        });
        StaffToken = content + '.' + Base64Url.EncodeToString(_key.SignData(
            Encoding.ASCII.GetBytes(content), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));

        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        _app = builder.Build();
        _app.Urls.Add(Address.ToString());
        MapAuthority(_app);
        _app.MapPut(GatewayRoutes.Images + "/{imageId:guid}", async (Guid imageId, HttpRequest request) =>
        {
            await request.Body.CopyToAsync(Stream.Null);
            return Results.Json(new StoredImage(imageId, 1, new string('0', 64), AlreadyStored: false), statusCode: StatusCodes.Status202Accepted);
        });
        _app.MapPost(GatewayRoutes.OneTimeUrls, (MintRequest request) => new MintResponse(
            [.. request.Links.Select(_ => new MintedLink(new string('t', 43), now, null))]));
        _app.MapPost(GatewayRoutes.Renderings, () => Results.Accepted());
        await _app.StartAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.DisposeAsync();
        }

        _key.Dispose();
    }

    private void MapAuthority(WebApplication app)
    {
        var parameters = _key.ExportParameters(includePrivateParameters: false);
        app.MapGet("/.well-known/openid-configuration", () => Results.Json(new
        {
            issuer = Address.ToString(),
            jwks_uri = new Uri(Address, "jwks"),
        }));
        app.MapGet("/jwks", () => Results.Json(new
        {
            keys = new[]
            {
                new
                {
                    kty = "RSA",
                    use = "sig",
                    kid = "bench",
                    n = Base64Url.EncodeToString(parameters.Modulus),
                    e = Base64Url.EncodeToString(parameters.Exponent),
                },
            },
        }));
    }

    private static string Encode(object value) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(value));
}
