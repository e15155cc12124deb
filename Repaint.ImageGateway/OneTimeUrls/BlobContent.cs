using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Microsoft.AspNetCore.Http.Headers;
using Microsoft.Net.Http.Headers;

namespace Repaint.ImageGateway.OneTimeUrls;

/// <summary>Part or all of a blob, ready to be copied.</summary>
internal sealed class BlobContent : IDisposable
{
    private BlobContent(Stream? stream, long length, long from, long to, EntityTagHeaderValue tag)
    {
        Stream = stream;
        Length = length;
        From = from;
        To = to;
        Tag = tag;
    }

    /// <summary>Null for a look at the headers, and for a range that cannot be satisfied.</summary>
    public Stream? Stream { get; }

    /// <summary>Bytes of the whole blob.</summary>
    public long Length { get; }

    /// <summary>First byte, inclusive.</summary>
    public long From { get; }

    /// <summary>Last byte, inclusive.</summary>
    public long To { get; }

    /// <summary>Strong: the hash of the content where storage knows it, so that the same painting made twice keeps its tag.</summary>
    public EntityTagHeaderValue Tag { get; }

    public bool IsPart => To - From + 1 < Length;

    public bool IsUnsatisfiable => From > To;

    /// <summary>All of a blob that has been read before.</summary>
    public static BlobContent Of(byte[] bytes, EntityTagHeaderValue tag) =>
        new(new MemoryStream(bytes, writable: false), bytes.Length, 0, bytes.Length - 1, tag);

    /// <summary>Opens all of a blob, or looks at its headers; null when there is no such blob.</summary>
    public static async Task<BlobContent?> OpenAsync(BlobClient blob, bool withStream, CancellationToken cancellation)
    {
        try
        {
            if (!withStream)
            {
                var properties = (await blob.GetPropertiesAsync(cancellationToken: cancellation)).Value;
                return new(null, properties.ContentLength, 0, properties.ContentLength - 1, TagOf(properties.ContentHash, properties.ETag));
            }

            var download = (await blob.DownloadStreamingAsync(cancellationToken: cancellation)).Value;
            var details = download.Details;
            return new(download.Content, details.ContentLength, 0, details.ContentLength - 1, TagOf(details.ContentHash, details.ETag));
        }
        catch (RequestFailedException exception) when (exception.Status == StatusCodes.Status404NotFound)
        {
            return null;
        }
    }

    /// <summary>
    /// Opens the part that the Range header names. Several ranges, or an If-Range that does not match or cannot be read, mean
    /// all of it (RFC 9110 §13.1.5, §14.2).
    /// </summary>
    public static async Task<BlobContent?> OpenPartAsync(
        BlobClient blob, RangeHeaderValue range, RequestHeaders request, CancellationToken cancellation)
    {
        if (await OpenAsync(blob, withStream: false, cancellation) is not { } whole)
        {
            return null;
        }

        var isWanted = range.Ranges.Count == 1 && range.Unit.Equals("bytes", StringComparison.OrdinalIgnoreCase)
            && (request.Headers.IfRange.Count == 0 || request.IfRange?.EntityTag?.Compare(whole.Tag, useStrongComparison: true) == true);
        if (!isWanted)
        {
            return await OpenAsync(blob, withStream: true, cancellation);
        }

        var (from, to) = Clip(range.Ranges.Single(), whole.Length);
        if (from > to)
        {
            return new(null, whole.Length, from, to, whole.Tag);
        }

        // Unconditional on the storage's own tag: a repeated painting replaces a blob by one with the same bytes.
        var download = (await blob.DownloadStreamingAsync(
            new BlobDownloadOptions { Range = new HttpRange(from, to - from + 1) }, cancellation)).Value;
        return new(download.Content, whole.Length, from, to, whole.Tag);
    }

    public void Dispose() => Stream?.Dispose();

    private static (long From, long To) Clip(RangeItemHeaderValue range, long length) => (range.From, range.To) switch
    {
        (null, { } last) => (last == 0 ? length : Math.Max(0, length - last), length - 1),
        ({ } from, null) => (from, length - 1),
        ({ } from, { } to) => (from, Math.Min(to, length - 1)),
        _ => (0, length - 1),
    };

    private static EntityTagHeaderValue TagOf(byte[]? contentHash, ETag tag) =>
        new(contentHash is { Length: > 0 } ? $"\"{Convert.ToHexStringLower(contentHash)}\"" : $"\"{tag.ToString("G").Trim('"')}\"");
}
