using System.Security.Cryptography;
using Azure.Storage.Blobs;

namespace Repaint.Tests.Infrastructure;

/// <summary>What a container holds, to be compared.</summary>
internal static class StoredBlobs
{
    /// <summary>Content type and hash by name, without the prefix.</summary>
    public static async Task<SortedDictionary<string, string>> ListAsync(BlobContainerClient container, string prefix)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var blobs = new SortedDictionary<string, string>(StringComparer.Ordinal);
        await foreach (var blob in container.GetBlobsAsync(new Azure.Storage.Blobs.Models.GetBlobsOptions { Prefix = prefix }, cancellation))
        {
            var content = await container.GetBlobClient(blob.Name).DownloadContentAsync(cancellation);
            blobs[blob.Name[prefix.Length..]] =
                $"{blob.Properties.ContentType} {Convert.ToHexString(SHA256.HashData(content.Value.Content.ToMemory().Span))}";
        }

        return blobs;
    }
}
