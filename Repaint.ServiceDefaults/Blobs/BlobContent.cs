using System.Net;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace Repaint.ServiceDefaults.Blobs;

/// <summary>Whole blobs in and out, for the workers.</summary>
public static class BlobContent
{
    /// <summary>Content type of every picture but the clustered one.</summary>
    public const string Jpeg = "image/jpeg";

    /// <summary>Content type of the clustered image.</summary>
    public const string Png = "image/png";

    /// <summary>The blob's bytes; null when there is no such blob.</summary>
    public static async Task<BinaryData?> ReadAsync(this BlobContainerClient container, string name, CancellationToken cancellation)
    {
        try
        {
            return (await container.GetBlobClient(name).DownloadContentAsync(cancellation)).Value.Content;
        }
        catch (RequestFailedException exception) when (exception is { Status: (int)HttpStatusCode.NotFound, ErrorCode: "BlobNotFound" })
        {
            return null;
        }
    }

    /// <summary>Writes a blob, over whatever was there.</summary>
    public static Task WriteAsync(
        this BlobContainerClient container, string name, ReadOnlyMemory<byte> bytes, string contentType, CancellationToken cancellation) =>
        container.GetBlobClient(name).UploadAsync(
            BinaryData.FromBytes(bytes),
            new BlobUploadOptions { HttpHeaders = new BlobHttpHeaders { ContentType = contentType } },
            cancellation);
}
