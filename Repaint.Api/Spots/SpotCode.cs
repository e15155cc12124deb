using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;

namespace Repaint.Api.Spots;

/// <summary>
/// The code of a spot: base64url of kind (1 byte), key number (1), spot id (16), for a rotating code the step (4), and a
/// MAC (16: HMAC-SHA256, truncated). The MAC also covers the event, so that a code works nowhere else. Kind 1 is the static,
/// printed code; kind 2 is shown on a screen and changes with every step.
/// </summary>
/// <param name="KeyNo">The key that signed it.</param>
/// <param name="SpotId">The spot.</param>
/// <param name="Step">The step of a rotating code; null for a static one.</param>
internal readonly record struct SpotCode(byte KeyNo, Guid SpotId, uint? Step)
{
    private const byte Static = 1;
    private const byte Rotating = 2;
    private const int IdOffset = 2;
    private const int StepOffset = IdOffset + 16;
    private const int StaticContent = StepOffset;
    private const int RotatingContent = StepOffset + sizeof(uint);
    private const int MacLength = 16;
    private const int MaxBytes = RotatingContent + MacLength;

    /// <summary>The code of a spot, signed with a key of its event.</summary>
    public static string Sign(SpotKey key, Guid spotId, uint? step)
    {
        Span<byte> code = stackalloc byte[MaxBytes];
        code[0] = step is null ? Static : Rotating;
        code[1] = checked((byte)key.KeyNo);
        spotId.TryWriteBytes(code[IdOffset..], bigEndian: true, out _);
        BinaryPrimitives.WriteUInt32BigEndian(code[StepOffset..], step ?? 0);
        var content = ContentLength(code[0]);
        Mac(key, code[..content], code[content..(content + MacLength)]);
        return Base64Url.EncodeToString(code[..(content + MacLength)]);
    }

    /// <summary>What a code says, not yet verified; false when it is no code at all.</summary>
    public static bool TryParse(string text, out SpotCode code)
    {
        Span<byte> bytes = stackalloc byte[MaxBytes];
        code = default;
        if (Decode(text, bytes) is not (> 0 and var content))
        {
            return false;
        }

        code = new SpotCode(
            bytes[1],
            new Guid(bytes[IdOffset..StepOffset], bigEndian: true),
            content == RotatingContent ? BinaryPrimitives.ReadUInt32BigEndian(bytes[StepOffset..]) : null);
        return true;
    }

    /// <summary>Whether <paramref name="text"/> was signed with <paramref name="key"/> for its event. Takes the same time whatever differs.</summary>
    public static bool Verify(string text, SpotKey key)
    {
        Span<byte> bytes = stackalloc byte[MaxBytes];
        Span<byte> expected = stackalloc byte[MacLength];
        if (Decode(text, bytes) is not (> 0 and var content))
        {
            return false;
        }

        Mac(key, bytes[..content], expected);
        return CryptographicOperations.FixedTimeEquals(bytes[content..(content + MacLength)], expected);
    }

    /// <summary>Length of what the MAC signs; 0 when the text is no code.</summary>
    private static int Decode(string text, Span<byte> bytes) =>
        Base64Url.IsValid(text, out var length) && length <= MaxBytes && Base64Url.TryDecodeFromChars(text, bytes, out _)
            && length > MacLength && length == ContentLength(bytes[0]) + MacLength
            ? length - MacLength
            : 0;

    private static int ContentLength(byte kind) => kind switch { Static => StaticContent, Rotating => RotatingContent, _ => 0 };

    private static void Mac(SpotKey key, ReadOnlySpan<byte> content, Span<byte> mac)
    {
        Span<byte> signed = stackalloc byte[16 + RotatingContent];
        key.EventId.TryWriteBytes(signed, bigEndian: true, out _);
        content.CopyTo(signed[16..]);
        Span<byte> full = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key.Secret, signed[..(16 + content.Length)], full);
        full[..MacLength].CopyTo(mac);
    }
}
