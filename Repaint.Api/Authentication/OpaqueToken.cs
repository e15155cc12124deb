using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Repaint.Api.Authentication;

/// <summary>A secret to be handed out once (a visitor's bearer token, an invitation): 256 random bits. Only its hash is kept.</summary>
internal static class OpaqueToken
{
    private const int Bytes = 32;
    private const int Characters = 43;

    public static string Create() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes));

    /// <summary>The hash under which a token is stored; null for text that cannot be one.</summary>
    public static byte[]? Hash(string token) =>
        token.Length == Characters && Ascii.IsValid(token) ? SHA256.HashData(Encoding.ASCII.GetBytes(token)) : null;
}
