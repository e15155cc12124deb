using System.Buffers.Text;
using System.Security.Cryptography;

namespace Repaint.ImageGateway.OneTimeUrls;

/// <summary>256 random bits, written as base64url; only its SHA-256 is stored.</summary>
internal static class Token
{
    public const int Length = 43;
    private const int Bytes = 32;

    public static string Create() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes));

    /// <summary>The hash under which a token is found; null when the text cannot be one.</summary>
    public static byte[]? Hash(string? token)
    {
        Span<byte> bits = stackalloc byte[Bytes];
        return token?.Length == Length && Base64Url.IsValid(token)
            && Base64Url.TryDecodeFromChars(token, bits, out var written) && written == Bytes
            ? SHA256.HashData(bits)
            : null;
    }
}
