using System.Buffers;
using System.Security.Cryptography;
using Repaint.Contracts.Http;

namespace Repaint.ImageGateway.Uploads;

/// <summary>
/// The body of an upload, read once: its header is judged before the first byte is handed on, its length is capped and its
/// hash taken while it passes through.
/// </summary>
internal sealed class UploadStream(Stream body, long limit) : Stream
{
    /// <summary>Longest side, pixels.</summary>
    public const int MaxSide = 12_000;

    /// <summary>Most pixels.</summary>
    public const long MaxPixels = 50_000_000;

    // Metadata (Exif preview, colour profile, depth maps) can stand before the dimensions.
    private const int MaxHeader = 1 << 20;
    private const int FirstRead = 1 << 16;

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private byte[] _header = ArrayPool<byte>.Shared.Rent(FirstRead);
    private int _headerLength;
    private int _headerRead;
    private long _bytes;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>Bytes read so far.</summary>
    public long BytesRead => _bytes;

    public static UploadRefusedException TooLarge(long limit) => new(
        StatusCodes.Status413PayloadTooLarge, ErrorCodes.ImageTooLarge, $"The picture has more than {limit:N0} bytes.");

    /// <summary>Reads as much as it takes to know type and dimensions.</summary>
    /// <exception cref="UploadRefusedException">Not an accepted picture.</exception>
    public async Task<ImageHeader> ReadHeaderAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var read = await body.ReadAsync(_header.AsMemory(_headerLength), cancellation);
            _headerLength += read;
            CheckLimit(_headerLength);
            var header = ImageHeader.Read(_header.AsSpan(0, _headerLength));
            if (header.Verdict != HeaderVerdict.Incomplete || read == 0 || _headerLength >= MaxHeader)
            {
                return Judge(header);
            }

            if (_headerLength == _header.Length)
            {
                Grow();
            }
        }
    }

    /// <summary>SHA-256 of everything read; call once, at the end.</summary>
    public byte[] GetHash() => _hash.GetHashAndReset();

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int read;
        if (_headerRead < _headerLength)
        {
            read = Math.Min(buffer.Length, _headerLength - _headerRead);
            _header.AsMemory(_headerRead, read).CopyTo(buffer);
            _headerRead += read;
        }
        else
        {
            read = await body.ReadAsync(buffer, cancellationToken);
        }

        CheckLimit(_bytes += read);
        _hash.AppendData(buffer.Span[..read]);
        return read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing && _header.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_header);
            _header = [];
            _hash.Dispose();
        }

        base.Dispose(disposing);
    }

    private static ImageHeader Judge(ImageHeader header) => header.Verdict switch
    {
        HeaderVerdict.Complete when Math.Max(header.Width, header.Height) <= MaxSide
            && (long)header.Width * header.Height <= MaxPixels => header,
        HeaderVerdict.Complete => throw new UploadRefusedException(
            StatusCodes.Status422UnprocessableEntity, ErrorCodes.ImageInvalid,
            "The picture has more than 50 megapixels, or a side longer than 12,000."),
        HeaderVerdict.Animated => throw new UploadRefusedException(
            StatusCodes.Status422UnprocessableEntity, ErrorCodes.ImageInvalid, "The picture has more than one frame."),
        HeaderVerdict.UnsupportedType => throw new UploadRefusedException(
            StatusCodes.Status415UnsupportedMediaType, ErrorCodes.ImageTypeUnsupported, "Send a JPEG, PNG, WebP or HEIC picture."),
        _ => throw new UploadRefusedException(
            StatusCodes.Status422UnprocessableEntity, ErrorCodes.ImageInvalid, "The header of the picture is damaged or cut short."),
    };

    private void CheckLimit(long bytes)
    {
        if (bytes > limit)
        {
            throw TooLarge(limit);
        }
    }

    private void Grow()
    {
        var larger = ArrayPool<byte>.Shared.Rent(_header.Length * 2);
        _header.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(_header);
        _header = larger;
    }
}
