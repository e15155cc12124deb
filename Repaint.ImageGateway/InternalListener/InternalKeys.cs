using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Repaint.ImageGateway.InternalListener;

/// <summary>The keys the API may present.</summary>
internal sealed class InternalKeys(IOptions<GatewayOptions> options)
{
    private const string Scheme = "Bearer ";

    private readonly byte[][] _hashes = [.. options.Value.Keys.Select(key => SHA256.HashData(Encoding.UTF8.GetBytes(key)))];

    /// <summary>Whether the headers carry one of the keys.</summary>
    public bool Accept(IHeaderDictionary headers) => Accept(headers[HeaderNames.Authorization]);

    // Hashes of equal length, each compared to its end: the time tells nothing about a key, nor which of them it was.
    private bool Accept(StringValues authorization)
    {
        if (authorization is not [{ } value] || !value.StartsWith(Scheme, StringComparison.Ordinal))
        {
            return false;
        }

        var presented = SHA256.HashData(Encoding.UTF8.GetBytes(value[Scheme.Length..]));
        var accepted = false;
        foreach (var hash in _hashes)
        {
            accepted |= CryptographicOperations.FixedTimeEquals(hash, presented);
        }

        return accepted;
    }
}
