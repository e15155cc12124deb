using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;

namespace Repaint.ServiceDefaults.Problems;

/// <summary>Errors as RFC 9457 problem details with a stable <c>code</c>.</summary>
public static class Problem
{
    /// <summary>Name of the extension member.</summary>
    public const string CodeMember = "code";

    /// <summary>A problem result.</summary>
    /// <param name="status">HTTP status.</param>
    /// <param name="code">One of <see cref="Contracts.Http.ErrorCodes"/>.</param>
    /// <param name="detail">What happened and what to do, for a person.</param>
    public static ProblemHttpResult Of(int status, string code, string detail) => TypedResults.Problem(
        detail, statusCode: status, extensions: new Dictionary<string, object?> { [CodeMember] = code });

    /// <summary>A problem result that says when to try again.</summary>
    public static ProblemHttpResult Of(HttpContext context, int status, string code, string detail, TimeSpan retryAfter)
    {
        context.Response.Headers[HeaderNames.RetryAfter] = Math.Max(1, (long)Math.Ceiling(retryAfter.TotalSeconds)).ToString();
        return Of(status, code, detail);
    }
}
