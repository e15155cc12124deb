using Azure.Storage.Blobs;
using Repaint.Contracts;
using Repaint.Imaging;
using Repaint.Imaging.Inspection;
using Repaint.Imaging.Palettes;
using Repaint.ServiceDefaults.Blobs;

namespace Repaint.Clustering;

/// <summary>The blobs of one revision of one photograph.</summary>
internal sealed class PhotoStore(BlobContainerClient container, ImageBlobNames names)
{
    /// <summary>The bytes as received; null when they have been normalised and are gone, or are lost.</summary>
    public Task<BinaryData?> ReadUploadAsync(CancellationToken cancellation) => container.ReadAsync(names.Upload, cancellation);

    /// <summary>What was normalised before; null when there is nothing.</summary>
    public Task<BinaryData?> ReadOriginalAsync(CancellationToken cancellation) => container.ReadAsync(names.Original, cancellation);

    /// <summary>
    /// The result of earlier work on a revision whose upload is gone; null when there is none. The upload is deleted last:
    /// without it, but with the map, all is done, and doing it again from the re-encoded original could move an edge under
    /// paintings that exist.
    /// </summary>
    public async Task<(int Width, int Height, ClusterMap Map)?> ReadFinishedAsync(CancellationToken cancellation)
    {
        if (await container.ReadAsync(names.Clusters, cancellation) is not { } map
            || await ReadOriginalAsync(cancellation) is not { } original)
        {
            return null;
        }

        var header = ImageInspector.Inspect(original, ImageLimits.Default);
        return (header.Width, header.Height, ClusterMap.FromPng(map.ToMemory().Span));
    }

    /// <summary>Writes everything, the map last: where it is, the rest is.</summary>
    public async Task WriteAsync(PhotoParts parts, CancellationToken cancellation)
    {
        await Task.WhenAll(
            WriteJpegAsync(names.Original, parts.Original),
            WriteJpegAsync(names.OriginalView, parts.View),
            WriteJpegAsync(names.OriginalThumbnail, parts.Thumbnail),
            WriteJpegAsync(names.Sketch, parts.Sketch),
            WriteJpegAsync(names.SketchThumbnail, parts.SketchThumbnail));
        await container.WriteAsync(names.Clusters, parts.Clusters, BlobContent.Png, cancellation);

        Task WriteJpegAsync(string name, ReadOnlyMemory<byte> bytes) => container.WriteAsync(name, bytes, BlobContent.Jpeg, cancellation);
    }

    /// <summary>Deletes the bytes as received, with whatever metadata they hold.</summary>
    public async Task DeleteUploadAsync(CancellationToken cancellation) =>
        await container.GetBlobClient(names.Upload).DeleteIfExistsAsync(cancellationToken: cancellation);
}
