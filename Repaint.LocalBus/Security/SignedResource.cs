namespace Repaint.LocalBus.Security;

/// <summary>What a token opens, and until when. The host is not compared: every name for loopback is this bus.</summary>
/// <param name="Path">Path without slashes at the ends; empty for the whole namespace.</param>
/// <param name="ExpiresAt">Until when.</param>
internal readonly record struct SignedResource(string Path, DateTimeOffset ExpiresAt)
{
    public static string PathOf(string address)
    {
        var scheme = address.IndexOf("://", StringComparison.Ordinal);
        if (scheme < 0)
        {
            return address.Trim('/').ToLowerInvariant();
        }

        var slash = address.IndexOf('/', scheme + 3);
        return slash < 0 ? string.Empty : address[slash..].Trim('/').ToLowerInvariant();
    }

    public bool Covers(string path) => Path.Length == 0 || path == Path || path.StartsWith(Path + "/", StringComparison.Ordinal);
}
