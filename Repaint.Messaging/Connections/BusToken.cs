using System.Security.Cryptography;
using System.Text;
using Azure.Core;

namespace Repaint.Messaging.Connections;

/// <summary>A token to show to <c>$cbs</c>.</summary>
internal sealed record BusToken(string Type, string Value, DateTimeOffset ExpiresAt);

/// <summary>Makes tokens. Two implementations: signed with the key, and from Entra.</summary>
internal interface ITokenSource
{
    ValueTask<BusToken> GetAsync(string audience, CancellationToken cancellation);
}

/// <summary>Shared access signatures, as Service Bus defines them.</summary>
internal sealed class SharedKeyTokenSource(string keyName, string key, TimeSpan lifetime, TimeProvider time) : ITokenSource
{
    public ValueTask<BusToken> GetAsync(string audience, CancellationToken cancellation)
    {
        var expires = time.GetUtcNow() + lifetime;
        var seconds = expires.ToUnixTimeSeconds();
        var resource = Uri.EscapeDataString(audience);
        var signature = Convert.ToBase64String(
            HMACSHA256.HashData(Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes($"{resource}\n{seconds}")));
        var token = $"SharedAccessSignature sr={resource}&sig={Uri.EscapeDataString(signature)}&se={seconds}&skn={Uri.EscapeDataString(keyName)}";
        return ValueTask.FromResult(new BusToken("servicebus.windows.net:sastoken", token, expires));
    }
}

/// <summary>Managed identity, or whatever else the credential finds.</summary>
internal sealed class EntraTokenSource(TokenCredential credential) : ITokenSource
{
    private static readonly string[] Scopes = ["https://servicebus.azure.net/.default"];

    public async ValueTask<BusToken> GetAsync(string audience, CancellationToken cancellation)
    {
        var token = await credential.GetTokenAsync(new TokenRequestContext(Scopes), cancellation);
        return new BusToken("jwt", token.Token, token.ExpiresOn);
    }
}
