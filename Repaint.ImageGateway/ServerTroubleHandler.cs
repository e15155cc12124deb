using Azure;
using Microsoft.AspNetCore.Diagnostics;
using Npgsql;
using Repaint.Contracts.Http;
using Repaint.ImageGateway.OneTimeUrls;
using Repaint.ServiceDefaults.Postgres;
using Repaint.ServiceDefaults.Problems;

namespace Repaint.ImageGateway;

/// <summary>Storage or database that does not answer is 503 with Retry-After: nothing has been changed, the caller may try again.</summary>
internal sealed partial class ServerTroubleHandler(ILogger<ServerTroubleHandler> logger) : IExceptionHandler
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (!IsServerTrouble(exception))
        {
            return false;
        }

        Log.Unavailable(logger, exception);
        DeliveryHeaders.SetSafe(httpContext.Response.Headers); // forgotten with everything else that had been said
        await Problem.Of(
            httpContext, StatusCodes.Status503ServiceUnavailable, ErrorCodes.Unavailable,
            "Storage or database does not answer. Nothing has been changed.", RetryAfter).ExecuteAsync(httpContext);
        return true;
    }

    public static bool IsServerTrouble(Exception exception) => exception switch
    {
        RequestFailedException storage => storage.Status is 0 or 408 or 429 or >= 500
            // Without its container nothing can be said about single blobs.
            || storage.ErrorCode == "ContainerNotFound",
        NpgsqlException => DatabaseTrouble.Is(exception),
        TimeoutException => true,
        AggregateException several => several.InnerExceptions.Any(IsServerTrouble),
        _ => exception.InnerException is { } inner && IsServerTrouble(inner),
    };

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "Storage or database does not answer.")]
        public static partial void Unavailable(ILogger logger, Exception exception);
    }
}
