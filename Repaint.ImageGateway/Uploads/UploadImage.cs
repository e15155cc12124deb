using Azure.Storage;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Repaint.Contracts;
using Repaint.Contracts.Http;
using Repaint.ImageGateway.Images;

namespace Repaint.ImageGateway.Uploads;

internal sealed record UploadRequest(Guid ImageId, Guid EventId, Guid? VisitorId, int PaletteCount, bool Overwrite);

/// <summary>
/// Streams an upload into storage. A revision is reserved before the first byte is stored, together with the order to erase
/// it; only the transaction that queues it for clustering takes that order back. Whatever stops an upload in between,
/// nothing of it stays.
/// </summary>
internal sealed partial class UploadImage(
    GatewayDbContext context,
    UploadLedger ledger,
    BlobContainerClient container,
    TimeProvider time,
    IOptions<GatewayOptions> options,
    GatewayMetrics metrics,
    ILogger<UploadImage> logger)
{
    private const int BlockSize = 4 << 20;

    // An abandoned upload is tidied after its own request is gone; a storage that is down must not hold it for ever.
    private static readonly TimeSpan TidyTimeout = TimeSpan.FromSeconds(10);

    /// <exception cref="UploadRefusedException">Not stored.</exception>
    public async Task<StoredImage> StoreAsync(UploadRequest request, Stream body, long? announcedLength, CancellationToken aborted)
    {
        using var timeout = new CancellationTokenSource(options.Value.UploadTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, aborted);
        try
        {
            return await StoreInTimeAsync(request, body, announcedLength, either.Token);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !aborted.IsCancellationRequested)
        {
            throw new UploadRefusedException(
                StatusCodes.Status408RequestTimeout, ErrorCodes.InvalidRequest, "The upload took too long.");
        }
    }

    private async Task<StoredImage> StoreInTimeAsync(
        UploadRequest request, Stream body, long? announcedLength, CancellationToken cancellation)
    {
        if (announcedLength > options.Value.UploadLimit)
        {
            throw UploadStream.TooLarge(options.Value.UploadLimit);
        }

        await using var upload = new UploadStream(body, options.Value.UploadLimit);
        var header = await upload.ReadHeaderAsync(cancellation);
        var newest = await context.Revisions.Accepted(request.ImageId)
            .OrderByDescending(revision => revision.Revision).Select(revision => new { revision.Revision, revision.Sha256 })
            .FirstOrDefaultAsync(cancellation);
        if (newest is not null && !request.Overwrite)
        {
            // Only the same bytes are welcome, so none need be stored to find out.
            await upload.CopyToAsync(Stream.Null, cancellation);
            var hash = upload.GetHash();
            return hash.AsSpan().SequenceEqual(newest.Sha256)
                ? new StoredImage(request.ImageId, newest.Revision, Convert.ToHexStringLower(hash), AlreadyStored: true)
                : throw PhotoExists();
        }

        var names = await ledger.ReserveAsync(request, cancellation);
        try
        {
            using (GatewayTelemetry.Source.StartActivity(TelemetryAttributes.ImageStoreSpan))
            {
                await container.GetBlobClient(names.Upload).UploadAsync(upload, UploadOptions(), cancellation);
            }

            var hash = upload.GetHash();
            // Not to be cancelled: whoever does not know whether it was committed must not delete the blob.
            var stored = await ledger.CommitAsync(request, names.Revision, header, hash, upload.BytesRead, CancellationToken.None);
            if (stored.AlreadyStored)
            {
                await DiscardAsync(names);
            }
            else
            {
                metrics.UploadStored();
                Log.Stored(logger, stored.ImageId, stored.Revision, upload.BytesRead);
            }

            return stored;
        }
        catch (Exception exception) when (ServerTroubleHandler.IsServerTrouble(exception))
        {
            // Nothing can be deleted now either. The transaction may even have been committed: then the order is gone.
            await TryAsync(names, token => ledger.EraseSoonAsync(names.ImageId, names.Revision, token));
            throw;
        }
        catch
        {
            await DiscardAsync(names);
            throw;
        }
    }

    private Task DiscardAsync(ImageBlobNames names) => TryAsync(names, async token =>
    {
        await container.GetBlobClient(names.Upload).DeleteIfExistsAsync(cancellationToken: token);
        await ledger.ForgetAsync(names.ImageId, names.Revision, token);
    });

    // What is left undone here is done by the erasure that was ordered with the reservation.
    private async Task TryAsync(ImageBlobNames names, Func<CancellationToken, Task> tidy)
    {
        using var timeout = new CancellationTokenSource(TidyTimeout, time);
        try
        {
            await tidy(timeout.Token);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            Log.NotDiscarded(logger, names.ImageId, names.Revision, exception);
        }
    }

    private static BlobUploadOptions UploadOptions() => new()
    {
        HttpHeaders = new BlobHttpHeaders { ContentType = "application/octet-stream" },
        TransferOptions = new StorageTransferOptions
        {
            InitialTransferSize = BlockSize,
            MaximumTransferSize = BlockSize,
            MaximumConcurrency = 1,
        },
    };

    internal static UploadRefusedException PhotoExists() => new(
        StatusCodes.Status409Conflict, ErrorCodes.PhotoExists, "There is a photograph already, and overwriting was not asked for.");

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Stored image {ImageId} revision {Revision}, {Bytes} bytes.")]
        public static partial void Stored(ILogger logger, Guid imageId, int revision, long bytes);

        [LoggerMessage(LogLevel.Warning, "Image {ImageId} revision {Revision} could not be discarded at once; its erasure will try again.")]
        public static partial void NotDiscarded(ILogger logger, Guid imageId, int revision, Exception exception);
    }
}
