using Microsoft.AspNetCore.Http.Headers;
using Microsoft.Net.Http.Headers;
using Repaint.Contracts;

namespace Repaint.ImageGateway.OneTimeUrls;

/// <summary>Status and headers of a picture.</summary>
internal static class DeliveryHeaders
{
    /// <summary>Cache-Control of what is for one person.</summary>
    public const string Private = "private, no-store";

    /// <summary>Headers of every answer, refusals included.</summary>
    public static void SetSafe(IHeaderDictionary headers)
    {
        headers.XContentTypeOptions = "nosniff";
        headers.ContentSecurityPolicy = "default-src 'none'; sandbox";
        headers["Referrer-Policy"] = "no-referrer";
        headers[HeaderNames.AcceptRanges] = "bytes";
    }

    /// <summary>
    /// Writes status and headers; false when no body follows. Conditions come before the range (RFC 9110 §13.2.2). A refusal has
    /// no Cache-Control: a cache that kept one would have it for everybody.
    /// </summary>
    public static bool Announce(HttpContext http, RequestHeaders request, View view, Disposition disposition, BlobContent content, string cacheControl)
    {
        var response = http.Response;
        response.Headers.ETag = content.Tag.ToString();
        if (request.IfMatch is { Count: > 0 } required && !required.Any(tag => Matches(tag, content.Tag, isStrong: true)))
        {
            response.StatusCode = StatusCodes.Status412PreconditionFailed;
            return false;
        }

        if (request.IfNoneMatch is { Count: > 0 } known && known.Any(tag => Matches(tag, content.Tag, isStrong: false)))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            response.Headers.CacheControl = cacheControl;
            return false;
        }

        if (content.IsUnsatisfiable)
        {
            response.StatusCode = StatusCodes.Status416RangeNotSatisfiable;
            response.Headers.ContentRange = $"bytes */{content.Length}";
            return false;
        }

        response.StatusCode = content.IsPart ? StatusCodes.Status206PartialContent : StatusCodes.Status200OK;
        if (content.IsPart)
        {
            response.Headers.ContentRange = $"bytes {content.From}-{content.To}/{content.Length}";
        }

        response.Headers.CacheControl = cacheControl;
        response.ContentType = view.ContentType;
        response.ContentLength = content.To - content.From + 1;
        response.Headers.ContentDisposition = $"{(disposition == Disposition.Attachment ? "attachment" : "inline")}; filename=\"{view.FileName}\"";
        return true;
    }

    private static bool Matches(EntityTagHeaderValue tag, EntityTagHeaderValue content, bool isStrong) =>
        tag.Equals(EntityTagHeaderValue.Any) || tag.Compare(content, isStrong);
}
