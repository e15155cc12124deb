using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;
using Repaint.Contracts.Http;

namespace Repaint.ServiceDefaults.Problems;

internal static class ProblemExtensions
{
    /// <summary>Every problem, also those the framework makes, carries a code and the trace id.</summary>
    public static void AddRepaintProblems(this IServiceCollection services)
    {
        services.AddProblemDetails(options => options.CustomizeProblemDetails = context =>
        {
            var problem = context.ProblemDetails;
            problem.Extensions.TryAdd(Problem.CodeMember, DefaultCode(problem));
            problem.Extensions["traceId"] = Activity.Current?.TraceId.ToString() ?? context.HttpContext.TraceIdentifier;
        });
        // A body that is malformed, too large or too slow is its sender's matter: an answer, not an error in our log.
        services.Configure<ExceptionHandlerOptions>(options =>
        {
            options.StatusCodeSelector = exception =>
                exception is BadHttpRequestException bad ? bad.StatusCode : StatusCodes.Status500InternalServerError;
            options.SuppressDiagnosticsCallback = context =>
                context.ExceptionHandledBy == ExceptionHandledType.ExceptionHandlerService || context.Exception is BadHttpRequestException;
        });
    }

    private static string DefaultCode(ProblemDetails problem) => problem.Status switch
    {
        StatusCodes.Status401Unauthorized => ErrorCodes.Unauthenticated,
        StatusCodes.Status403Forbidden => ErrorCodes.Forbidden,
        StatusCodes.Status404NotFound => ErrorCodes.NotFound,
        StatusCodes.Status412PreconditionFailed => ErrorCodes.PreconditionFailed,
        StatusCodes.Status413PayloadTooLarge => ErrorCodes.ImageTooLarge,
        StatusCodes.Status415UnsupportedMediaType => ErrorCodes.ImageTypeUnsupported,
        StatusCodes.Status416RangeNotSatisfiable => ErrorCodes.RangeNotSatisfiable,
        StatusCodes.Status429TooManyRequests => ErrorCodes.RateLimited,
        StatusCodes.Status503ServiceUnavailable => ErrorCodes.Unavailable,
        >= 500 => ErrorCodes.Internal,
        _ => ErrorCodes.InvalidRequest,
    };
}
