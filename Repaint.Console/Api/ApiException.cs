using Repaint.Contracts.Http;

namespace Repaint.Console.Api;

/// <summary>What can go wrong between here and the API, in the kinds that a person can do something about.</summary>
public enum Trouble
{
    /// <summary>No answer: no network, or the server cannot be reached.</summary>
    Offline,

    /// <summary>Nobody is signed in any more.</summary>
    Expired,

    /// <summary>Not a member of the event, or there is no such thing; the API does not say which.</summary>
    NotFound,

    /// <summary>A member, but without the right.</summary>
    Forbidden,

    /// <summary>Refused for a reason the code tells.</summary>
    Refused,

    /// <summary>The API's own fault, or a part of it is down.</summary>
    Server,
}

/// <summary>The API did not do what it was asked for.</summary>
public sealed class ApiException(Trouble trouble, ApiProblem? problem = null, TimeSpan? retryAfter = null, Exception? inner = null)
    : Exception(problem?.Code ?? trouble.ToString(), inner)
{
    public Trouble Trouble { get; } = trouble;

    public ApiProblem? Problem { get; } = problem;

    public TimeSpan? RetryAfter { get; } = retryAfter;

    public string? Code => Problem?.Code;

    public static ApiException From(int status, ApiProblem? problem, TimeSpan? retryAfter = null) =>
        new(TroubleOf(status, problem?.Code), problem, retryAfter);

    private static Trouble TroubleOf(int status, string? code) => (status, code) switch
    {
        (0, _) => Trouble.Offline,
        (401, _) => Trouble.Expired,
        (403, _) => Trouble.Forbidden,
        (404, _) => Trouble.NotFound,
        (503, _) or ( >= 500, _) => Trouble.Server,
        (429, _) or (_, ErrorCodes.RateLimited) => Trouble.Refused,
        _ => Trouble.Refused,
    };
}
