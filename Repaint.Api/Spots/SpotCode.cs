using System.Buffers.Text;
using System.Security.Cryptography;

namespace Repaint.Api.Spots;

/// <summary>
/// The code of a spot: base64url of kind (1 byte), key number (1), spot id (16) and a MAC (16: HMAC-SHA256, truncated).
/// The MAC also covers the event, so that a code works nowhere else. Kind 1 is the static, printed code.
/// </summary>
internal readonly record struct SpotCode(byte KeyNo, Guid SpotId)
{
    /// <summary>Most characters a code can have, with room for kinds to come.</summary>
    public const int MaxLength = 128;

    private const byte Static = 1;
    private const int IdOffset = 2;
    private const int MacOffset = IdOffset + 16;
    private const int Length = MacOffset + MacLength;
    private const int MacLength = 16;

    /// <summary>The static code of a spot, signed with a key of its event.</summary>
    public static string Sign(SpotKey key, Guid spotId)
    {
        Span<byte> code = stackalloc byte[Length];
        code[0] = Static;
        code[1] = checked((byte)key.KeyNo);
        spotId.TryWriteBytes(code[IdOffset..], bigEndian: true, out _);
        Mac(key, code[..MacOffset], code[MacOffset..]);
        return Base64Url.EncodeToString(code);
    }

    /// <summary>What a code says, not yet verified; false when it is no code at all.</summary>
    public static bool TryParse(string text, out SpotCode code)
    {
        Span<byte> bytes = stackalloc byte[Length];
        code = default;
        if (!Base64Url.IsValid(text, out var length) || length != Length || !Base64Url.TryDecodeFromChars(text, bytes, out _)
            || bytes[0] != Static)
        {
            return false;
        }

        code = new SpotCode(bytes[1], new Guid(bytes[IdOffset..MacOffset], bigEndian: true));
        return true;
    }

    /// <summary>Whether <paramref name="text"/> was signed with <paramref name="key"/> for its event. Takes the same time whatever differs.</summary>
    public static bool Verify(string text, SpotKey key)
    {
        Span<byte> bytes = stackalloc byte[Length];
        Span<byte> expected = stackalloc byte[MacLength];
        if (!Base64Url.TryDecodeFromChars(text, bytes, out var length) || length != Length)
        {
            return false;
        }

        Mac(key, bytes[..MacOffset], expected);
        return CryptographicOperations.FixedTimeEquals(bytes[MacOffset..], expected);
    }

    private static void Mac(SpotKey key, ReadOnlySpan<byte> content, Span<byte> mac)
    {
        Span<byte> signed = stackalloc byte[16 + MacOffset];
        key.EventId.TryWriteBytes(signed, bigEndian: true, out _);
        content.CopyTo(signed[16..]);
        Span<byte> full = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key.Secret, signed, full);
        full[..MacLength].CopyTo(mac);
    }
}
