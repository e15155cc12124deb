using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace Repaint.LocalBus.Security;

/// <summary>The one shared access key, and the tokens signed with it.</summary>
internal sealed class SharedKey(IOptions<LocalBusOptions> options, TimeProvider time)
{
    private const string Scheme = "SharedAccessSignature ";

    private readonly byte[] _key = Encoding.UTF8.GetBytes(options.Value.Key);

    /// <summary>Whether name and key are the right ones; takes the same time either way.</summary>
    public bool Matches(string name, string key) =>
        name == options.Value.KeyName & CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(key), _key);

    /// <summary>
    /// Reads <c>SharedAccessSignature sr=…&amp;sig=…&amp;se=…&amp;skn=…</c> and checks signature, key name and expiry.
    /// </summary>
    public bool TryValidate(string? token, out SignedResource resource)
    {
        resource = default;
        if (token?.StartsWith(Scheme, StringComparison.Ordinal) != true)
        {
            return false;
        }

        var fields = token[Scheme.Length..].Split('&')
            .Select(field => field.Split('=', 2))
            .Where(field => field.Length == 2)
            .DistinctBy(field => field[0])
            .ToDictionary(field => field[0], field => field[1]);
        if (!fields.TryGetValue("sr", out var signed) || !fields.TryGetValue("sig", out var signature)
            || !fields.TryGetValue("se", out var expiry) || !fields.TryGetValue("skn", out var name)
            || !long.TryParse(expiry, out var seconds) || seconds is < 0 or > 253_402_300_799
            || Uri.UnescapeDataString(name) != options.Value.KeyName)
        {
            return false;
        }

        var expected = Convert.ToBase64String(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes($"{signed}\n{expiry}")));
        var expires = DateTimeOffset.FromUnixTimeSeconds(seconds);
        if (expires <= time.GetUtcNow()
            || !CryptographicOperations.FixedTimeEquals(
                Encoding.UTF8.GetBytes(Uri.UnescapeDataString(signature)), Encoding.UTF8.GetBytes(expected)))
        {
            return false;
        }

        resource = new SignedResource(SignedResource.PathOf(Uri.UnescapeDataString(signed)), expires);
        return true;
    }
}
