using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using Repaint.Contracts;

namespace Repaint.ImageGateway.PublicImages;

/// <summary>
/// A picture of an event that anyone may see, as its address names it. It never changes: another revision, painting or size is
/// another address.
/// </summary>
internal sealed record PublicPicture(Guid ImageId, int Revision, PaletteSet PaletteSet, Rendition Rendition);

/// <summary>
/// Addresses of public pictures. Each is signed when the API says that the event has public images, which the gateway does not
/// know by itself; so nobody finds a picture by counting.
/// </summary>
internal sealed class PublicAddress(IOptions<GatewayOptions> options)
{
    private const int SignatureLength = 16;

    // Of the keys the API may present: the first signs, any of them is accepted, so that they can be replaced.
    private readonly byte[][] _keys = [.. options.Value.Keys.Select(key =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(key), 32, info: "public images"u8.ToArray()))];

    /// <summary>The last segment of the address: revision, palettes, rendition and signature.</summary>
    public string Write(PublicPicture picture)
    {
        var version = string.Create(CultureInfo.InvariantCulture, $"{picture.Revision}.{picture.PaletteSet}.{picture.Rendition}");
        return $"{version}.{Base64Url.EncodeToString(Sign(_keys[0], picture.ImageId, version))}";
    }

    /// <summary>What an address names; null when it was not signed here.</summary>
    public PublicPicture? Read(Guid imageId, string segment)
    {
        var end = segment.LastIndexOf('.');
        if (end < 0 || segment[..end].Split('.') is not [var revision, var set, var rendition])
        {
            return null;
        }

        Span<byte> signature = stackalloc byte[SignatureLength];
        return Base64Url.IsValid(segment.AsSpan(end + 1), out var length) && length == SignatureLength
            && Base64Url.TryDecodeFromChars(segment.AsSpan(end + 1), signature, out _) && IsSigned(imageId, segment[..end], signature)
            ? new PublicPicture(
                imageId, int.Parse(revision, CultureInfo.InvariantCulture), PaletteSet.Parse(set), Enum.Parse<Rendition>(rendition))
            : null;
    }

    private bool IsSigned(Guid imageId, string version, ReadOnlySpan<byte> signature)
    {
        var isSigned = false;
        foreach (var key in _keys)
        {
            isSigned |= CryptographicOperations.FixedTimeEquals(Sign(key, imageId, version), signature);
        }

        return isSigned;
    }

    private static byte[] Sign(byte[] key, Guid imageId, string version) =>
        HMACSHA256.HashData(key, Encoding.ASCII.GetBytes($"{imageId:D}/{version}"))[..SignatureLength];
}
