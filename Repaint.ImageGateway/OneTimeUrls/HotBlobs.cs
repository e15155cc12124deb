using Azure.Storage.Blobs;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Internal;
using Microsoft.Extensions.Options;

namespace Repaint.ImageGateway.OneTimeUrls;

/// <summary>
/// Small pictures that are asked for again within seconds, as a painting of an event's image is by everyone who holds the same
/// palettes: kept in memory for a moment. Who may have one is decided before, by the link and the database; a name stands for
/// the same bytes for ever. An erased picture, whose links are refused at once, is gone from here after that moment.
/// </summary>
internal sealed class HotBlobs(BlobContainerClient container, TimeProvider time, IOptions<DeliveryLimitOptions> options) : IDisposable
{
    private const int LargestPicture = 1 << 20;

    // What an entry costs beside its picture.
    private const int Overhead = 512;
    private static readonly TimeSpan AskedAgainWithin = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Kept = TimeSpan.FromSeconds(20);

    private readonly MemoryCache _pictures = new(new MemoryCacheOptions { SizeLimit = options.Value.HotPictures, Clock = new Clock(time) });

    /// <summary>Opens all of a blob; null when there is no such blob.</summary>
    public async Task<BlobContent?> OpenAsync(string name, CancellationToken cancellation)
    {
        var isKnown = _pictures.TryGetValue(name, out Picture? picture);
        if (picture is not null)
        {
            return BlobContent.Of(picture.Bytes, picture.Tag);
        }

        var content = await BlobContent.OpenAsync(container.GetBlobClient(name), withStream: true, cancellation);
        if (content is null || content.Length > LargestPicture || options.Value.HotPictures == 0)
        {
            return content;
        }

        if (!isKnown)
        {
            Keep(name, null, AskedAgainWithin);
            return content;
        }

        using (content)
        {
            var bytes = new byte[content.Length];
            await content.Stream!.ReadExactlyAsync(bytes, cancellation);
            Keep(name, new Picture(bytes, content.Tag), Kept);
            return BlobContent.Of(bytes, content.Tag);
        }
    }

    public void Dispose() => _pictures.Dispose();

    private void Keep(string name, Picture? picture, TimeSpan duration) => _pictures.Set(name, picture, new MemoryCacheEntryOptions
    {
        AbsoluteExpirationRelativeToNow = duration,
        Size = Overhead + (picture?.Bytes.Length ?? 0),
    });

    private sealed class Clock(TimeProvider time) : ISystemClock
    {
        public DateTimeOffset UtcNow => time.GetUtcNow();
    }

    private sealed record Picture(byte[] Bytes, Microsoft.Net.Http.Headers.EntityTagHeaderValue Tag);
}
