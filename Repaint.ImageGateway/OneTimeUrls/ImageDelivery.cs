using System.IO.Pipelines;
using Azure.Storage.Blobs;
using Microsoft.AspNetCore.Http.Headers;
using Microsoft.Extensions.Options;
using Repaint.Contracts.Http;
using Repaint.ImageGateway.Sweeping;

namespace Repaint.ImageGateway.OneTimeUrls;

/// <summary>Streams what a link names from storage to the client, and keeps account of how far it came.</summary>
internal sealed partial class ImageDelivery(
    Redemption redemption,
    BlobContainerClient container,
    HotBlobs hot,
    DeliveryLimits limits,
    ActiveStreams streams,
    LostBlobs lost,
    GatewayMetrics metrics,
    TimeProvider time,
    IOptions<GatewayOptions> options,
    ILogger<ImageDelivery> logger)
{
    // Less than the server lets wait before it holds a writer up (64 KB): the next piece is read while one is being sent.
    private const int BufferSize = 60 << 10;

    // A blob may go between looking it up and opening it, when a retake swaps. Then there is a newer one.
    private const int Tries = 3;

    // A response gives several signs of life before it counts as standing still.
    private const int SignsOfLife = 4;
    private static readonly TimeSpan AccountTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Answers the request and returns null, or one of <see cref="ErrorCodes"/> with nothing sent.</summary>
    public async Task<string?> TryDeliverAsync(HttpContext http, byte[] tokenHash, Guid imageId)
    {
        var headers = http.Request.GetTypedHeaders();
        using var place = await limits.EnterAsync(http.RequestAborted);
        if (!place.IsAcquired)
        {
            return ErrorCodes.Unavailable;
        }

        if (HttpMethods.IsHead(http.Request.Method))
        {
            return await DescribeAsync(http, headers, tokenHash, imageId);
        }

        Delivery? delivery = null;
        for (var attempt = 0; attempt < Tries; attempt++)
        {
            (delivery, var code) = await redemption.RedeemAsync(tokenHash, imageId, headers.Range is not null, http.RequestAborted);
            if (delivery is null)
            {
                return code;
            }

            if (await SendAsync(http, headers, delivery))
            {
                return null;
            }
        }

        return await MendAsync(delivery!, tokenHash, imageId, http.RequestAborted);
    }

    // What can be made again is not ready; what cannot has been revoked.
    private async Task<string> MendAsync(Delivery delivery, byte[] tokenHash, Guid imageId, CancellationToken cancellation)
    {
        Log.Lost(logger, imageId);
        await lost.MendAsync(imageId, delivery.View.Names.Revision, cancellation);
        return (await redemption.PeekAsync(tokenHash, imageId, cancellation)).Code ?? ErrorCodes.NotReady;
    }

    private async Task<string?> DescribeAsync(HttpContext http, RequestHeaders headers, byte[] tokenHash, Guid imageId)
    {
        var (delivery, code) = await redemption.PeekAsync(tokenHash, imageId, http.RequestAborted);
        if (delivery is null)
        {
            return code;
        }

        using var content = await BlobContent.OpenAsync(
            container.GetBlobClient(delivery.View.BlobName), withStream: false, http.RequestAborted);
        if (content is null)
        {
            return await MendAsync(delivery, tokenHash, imageId, http.RequestAborted);
        }

        DeliveryHeaders.Announce(http, headers, delivery.View, delivery.Disposition, content, DeliveryHeaders.Private);
        return null;
    }

    // False when the blob is gone; the use has then been given back.
    private async Task<bool> SendAsync(HttpContext http, RequestHeaders headers, Delivery delivery)
    {
        var sent = 0L;
        var isComplete = false;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
        streams.Add(delivery.StreamId!.Value, stop);
        try
        {
            var name = delivery.View.BlobName;
            using var content = headers.Range is { } range
                ? await BlobContent.OpenPartAsync(container.GetBlobClient(name), range, headers, http.RequestAborted)
                : await hot.OpenAsync(name, http.RequestAborted);
            if (content is null)
            {
                return false;
            }

            if (DeliveryHeaders.Announce(http, headers, delivery.View, delivery.Disposition, content, DeliveryHeaders.Private))
            {
                // Until then the server hands out memory that it copies later.
                await http.Response.StartAsync(stop.Token);
                sent = await CopyAsync(content.Stream!, http.Response.BodyWriter, delivery, count => sent = count, stop.Token);
                isComplete = sent == content.To - content.From + 1 && content.To == content.Length - 1;
            }

            await http.Response.CompleteAsync();
            return true;
        }
        catch (Exception exception)
            when (stop.IsCancellationRequested && exception is OperationCanceledException or IOException)
        {
            // Taken over rather than given up: the client must not take what it has for the whole.
            http.Abort();
            Log.BrokenOff(logger, sent);
            return true;
        }
        finally
        {
            streams.Remove(delivery.StreamId.Value);
            using var timeout = new CancellationTokenSource(AccountTimeout, time);
            await redemption.EndAsync(
                delivery, sent > 0, isComplete && !http.RequestAborted.IsCancellationRequested, timeout.Token);
            if (sent > 0 && delivery.IsFirst)
            {
                metrics.UrlRedeemed();
            }
        }
    }

    // Read straight into what the server sends from.
    private async Task<long> CopyAsync(
        Stream from, PipeWriter to, Delivery delivery, Action<long> progress, CancellationToken cancellation)
    {
        var seen = time.GetTimestamp();
        var copied = 0L;
        while (await from.ReadAsync(to.GetMemory(BufferSize), cancellation) is var read and > 0)
        {
            if (time.GetElapsedTime(seen) >= options.Value.StreamTimeout / SignsOfLife)
            {
                seen = time.GetTimestamp();
                if (!await redemption.TouchAsync(delivery, cancellation))
                {
                    streams.Stop(delivery.StreamId!.Value);
                    cancellation.ThrowIfCancellationRequested();
                }
            }

            to.Advance(read);
            if ((await to.FlushAsync(cancellation)).IsCompleted)
            {
                throw new IOException("The client went away.");
            }

            progress(copied += read);
        }

        return copied;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Debug, "The client went away after {Bytes} bytes.")]
        public static partial void BrokenOff(ILogger logger, long bytes);

        [LoggerMessage(LogLevel.Error, "Image {ImageId} has no blob for what it should serve.")]
        public static partial void Lost(ILogger logger, Guid imageId);
    }
}
