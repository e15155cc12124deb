using System.Globalization;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Http.Extensions;
using Repaint.Contracts.Http;

namespace Repaint.Api.Gateway;

/// <summary>
/// Passes photographs on to the gateway as they come in. A client of its own, without the resilience of
/// <see cref="GatewayClient"/>: a body that has been read cannot be sent again, and a phone on a bad network may take minutes.
/// </summary>
internal sealed class GatewayUploads(HttpClient http)
{
    public async Task<StoredImage> StoreAsync(Upload upload, HttpRequest source, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, upload.Path);
        request.Content = new StreamContent(source.Body);
        request.Content.Headers.ContentLength = source.ContentLength;
        if (MediaTypeHeaderValue.TryParse(source.ContentType, out var contentType))
        {
            request.Content.Headers.ContentType = contentType;
        }

        try
        {
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
            return await response.ReadAsync<StoredImage>(cancellation);
        }
        catch (HttpRequestException exception) when (Causes(exception).OfType<BadHttpRequestException>().FirstOrDefault() is { } cause)
        {
            // The body could not be read: too large, too slow, or cut off. That is the sender's matter, not the gateway's.
            throw new BadHttpRequestException(cause.Message, cause.StatusCode, exception);
        }
        catch (HttpRequestException exception)
        {
            throw new GatewayException("The gateway cannot be reached.", null, null, null, exception);
        }
    }

    private static IEnumerable<Exception> Causes(Exception exception)
    {
        for (var cause = exception.InnerException; cause is not null; cause = cause.InnerException)
        {
            yield return cause;
        }
    }
}

/// <summary>Where an upload belongs: to a visitor, or without one to the event.</summary>
internal sealed record Upload(Guid ImageId, Guid EventId, Guid? VisitorId, int PaletteCount, bool Overwrite)
{
    public string Path
    {
        get
        {
            var query = new QueryBuilder
            {
                { "eventId", EventId.ToString() },
                { "paletteCount", PaletteCount.ToString(CultureInfo.InvariantCulture) },
                { "overwrite", Overwrite ? "true" : "false" },
            };
            if (VisitorId is { } visitorId)
            {
                query.Add("visitorId", visitorId.ToString());
            }

            return $"{GatewayRoutes.Images}/{ImageId}{query}";
        }
    }
}
