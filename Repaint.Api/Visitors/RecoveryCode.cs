using System.Security.Cryptography;
using System.Text;

namespace Repaint.Api.Visitors;

/// <summary>
/// A code that people can write down: 80 random bits in Crockford's base 32, four groups of four. Read as people
/// type: any case, any spaces or hyphens, O for 0, I and L for 1. Only its hash is kept.
/// </summary>
internal static class RecoveryCode
{
    /// <summary>Most characters accepted, separators included.</summary>
    public const int MaxLength = 64;

    private const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private const int Symbols = 16;
    private const int GroupLength = 4;

    public static string Create() => Group(RandomNumberGenerator.GetString(Alphabet, Symbols));

    /// <summary>The code as it was handed out; null for text that cannot be one.</summary>
    public static string? Normalise(string text)
    {
        if (text.Length > MaxLength)
        {
            return null;
        }

        var symbols = new StringBuilder(Symbols);
        foreach (var character in text)
        {
            var symbol = char.ToUpperInvariant(character) switch { 'O' => '0', 'I' or 'L' => '1', var other => other };
            if (Alphabet.Contains(symbol))
            {
                symbols.Append(symbol);
            }
            else if (symbol != '-' && !char.IsWhiteSpace(symbol))
            {
                return null;
            }
        }

        return symbols.Length == Symbols ? Group(symbols.ToString()) : null;
    }

    /// <summary>The hash under which a normalised code is stored. Its 80 bits need no slow hash.</summary>
    public static byte[] Hash(string normalised) => SHA256.HashData(Encoding.ASCII.GetBytes(normalised));

    private static string Group(string symbols) => string.Join('-', symbols.Chunk(GroupLength).Select(group => new string(group)));
}
