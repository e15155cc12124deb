using System.Buffers.Binary;
using System.Buffers.Text;

namespace Repaint.Api.Images;

/// <summary>Where a page of images ended, as an opaque text: time in microseconds (what the database keeps), then id.</summary>
internal sealed record ImageCursor(DateTimeOffset CreatedAt, Guid Id)
{
    private const int Length = sizeof(long) + 16;

    public static ImageCursor? Parse(string text)
    {
        Span<byte> bytes = stackalloc byte[Length];
        if (!Base64Url.IsValid(text, out var length) || length != Length || !Base64Url.TryDecodeFromChars(text, bytes, out _))
        {
            return null;
        }

        var microseconds = BinaryPrimitives.ReadInt64BigEndian(bytes);
        return microseconds < 0 || microseconds > DateTimeOffset.MaxValue.Ticks / TimeSpan.TicksPerMicrosecond
            ? null
            : new ImageCursor(
                new DateTimeOffset(microseconds * TimeSpan.TicksPerMicrosecond, TimeSpan.Zero), new Guid(bytes[sizeof(long)..], bigEndian: true));
    }

    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Length];
        BinaryPrimitives.WriteInt64BigEndian(bytes, CreatedAt.UtcTicks / TimeSpan.TicksPerMicrosecond);
        Id.TryWriteBytes(bytes[sizeof(long)..], bigEndian: true, out _);
        return Base64Url.EncodeToString(bytes);
    }
}
