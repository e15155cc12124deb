using System.Net;

namespace Repaint.Api.Gateway;

/// <summary>The gateway refused (it has a code), or could not be reached or did not work (it has none).</summary>
internal sealed class GatewayException(string message, HttpStatusCode? status, string? code, TimeSpan? retryAfter, Exception? inner = null)
    : Exception(message, inner)
{
    /// <summary>One of <see cref="Contracts.Http.ErrorCodes"/> when the gateway refused this very request.</summary>
    public string? Code { get; } = code;

    public HttpStatusCode? Status { get; } = status;

    public TimeSpan? RetryAfter { get; } = retryAfter;

    /// <summary>Whether asking again unchanged is pointless.</summary>
    public bool IsRefusal => Code is not null && Status is >= HttpStatusCode.BadRequest and < HttpStatusCode.InternalServerError
        and not (HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests);
}
