using Azure.Storage.Blobs;
using Repaint.Contracts;
using Repaint.ServiceDefaults.Blobs;

namespace Repaint.Generation;

/// <summary>The blobs that one painting is made from and stored as.</summary>
internal sealed class PaintingStore(BlobContainerClient container, ImageBlobNames names, PaletteSet set, RenderingSize size)
{
    /// <summary>Written last: where it is, the painting is complete.</summary>
    private string Painting => size == RenderingSize.View ? names.RenderingView(set) : names.RenderingFull(set);

    public async Task<bool> IsPaintedAsync(CancellationToken cancellation) =>
        await container.GetBlobClient(Painting).ExistsAsync(cancellation);

    /// <summary>Photograph, sketch and map; null when one of them is lost.</summary>
    public async Task<PaintingParts?> ReadPartsAsync(CancellationToken cancellation)
    {
        var photo = container.ReadAsync(size == RenderingSize.View ? names.OriginalView : names.Original, cancellation);
        var sketch = container.ReadAsync(names.Sketch, cancellation);
        var map = container.ReadAsync(names.Clusters, cancellation);
        await Task.WhenAll(photo, sketch, map);
        return (await photo, await sketch, await map) is ({ } photoBytes, { } sketchBytes, { } mapBytes)
            ? new PaintingParts(photoBytes, sketchBytes, mapBytes)
            : null;
    }

    public async Task WriteAsync(byte[] painting, byte[]? thumbnail, CancellationToken cancellation)
    {
        if (thumbnail is not null)
        {
            await container.WriteAsync(names.RenderingThumbnail(set), thumbnail, BlobContent.Jpeg, cancellation);
        }

        await container.WriteAsync(Painting, painting, BlobContent.Jpeg, cancellation);
    }
}

/// <summary>What a painting is made from.</summary>
/// <param name="Photo">JPEG, at the size to be painted.</param>
/// <param name="Sketch">JPEG.</param>
/// <param name="Map">Indexed PNG.</param>
internal sealed record PaintingParts(ReadOnlyMemory<byte> Photo, ReadOnlyMemory<byte> Sketch, ReadOnlyMemory<byte> Map);
