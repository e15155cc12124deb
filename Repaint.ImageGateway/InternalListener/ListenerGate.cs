using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using Repaint.Contracts.Http;
using Repaint.ImageGateway.OneTimeUrls;
using Repaint.ServiceDefaults.Problems;

namespace Repaint.ImageGateway.InternalListener;

/// <summary>
/// Keeps the two listeners apart by the port a connection came in on, which a client cannot choose as it can a Host header.
/// </summary>
internal sealed class ListenerGate(RequestDelegate next, InternalKeys keys, IOptions<GatewayOptions> options)
{
    public const string InternalPath = "/internal";
    private const string MetricsPath = "/metrics";

    public Task InvokeAsync(HttpContext context)
    {
        // Here rather than where pictures are sent, so that no refusal is without them.
        DeliveryHeaders.SetSafe(context.Response.Headers);
        var path = context.Request.Path;
        if (path.Equals("/health", StringComparison.Ordinal) || path.Equals("/alive", StringComparison.Ordinal))
        {
            return next(context);
        }

        var isInternalPort = context.Connection.LocalPort == options.Value.InternalPort;
        var isInternalPath = path.StartsWithSegments(InternalPath, StringComparison.OrdinalIgnoreCase)
            || path.Equals(MetricsPath, StringComparison.Ordinal);
        if (isInternalPath != isInternalPort)
        {
            return NotFound().ExecuteAsync(context);
        }

        if (isInternalPort && !keys.Accept(context.Request.Headers))
        {
            context.Response.Headers[HeaderNames.WWWAuthenticate] = "Bearer";
            return Problem.Of(StatusCodes.Status401Unauthorized, ErrorCodes.Unauthenticated, "The key is missing or not accepted.")
                .ExecuteAsync(context);
        }

        return next(context);
    }

    private static Microsoft.AspNetCore.Http.HttpResults.ProblemHttpResult NotFound() =>
        Problem.Of(StatusCodes.Status404NotFound, ErrorCodes.NotFound, "There is nothing here.");
}
