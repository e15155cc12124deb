using Microsoft.AspNetCore.Diagnostics;
using Repaint.Contracts.Http;
using Repaint.ServiceDefaults.Postgres;
using Repaint.ServiceDefaults.Problems;

namespace Repaint.Api.Persistence;

/// <summary>A database that does not answer, or is older than this version, is 503: what was asked for has not been done.</summary>
internal sealed partial class DatabaseTroubleHandler(ILogger<DatabaseTroubleHandler> logger) : IExceptionHandler
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    public async ValueTask<bool> TryHandleAsync(HttpContext context, Exception exception, CancellationToken cancellationToken)
    {
        if (!DatabaseTrouble.Is(exception))
        {
            return false;
        }

        Log.Unavailable(logger, exception);
        await Problem.Of(context, StatusCodes.Status503ServiceUnavailable, ErrorCodes.Unavailable,
            "The database does not answer. Try again.", RetryAfter).ExecuteAsync(context);
        return true;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "The database failed a request")]
        public static partial void Unavailable(ILogger logger, Exception exception);
    }
}
