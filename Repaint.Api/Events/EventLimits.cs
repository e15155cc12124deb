using Microsoft.AspNetCore.Http.HttpResults;
using Repaint.Contracts.Http;
using Repaint.ServiceDefaults.Problems;

namespace Repaint.Api.Events;

/// <summary>The limits of an event's settings that depend on the time; the others are attributes of the contract.</summary>
internal static class EventLimits
{
    private static readonly TimeSpan MaxRetention = TimeSpan.FromDays(3660);

    /// <summary>A date in the past would erase the event at once, which is what deleting is for.</summary>
    public static ProblemHttpResult? Refuse(EventSettings settings, DateTimeOffset now) =>
        settings.RetainUntil is { } until && (until <= now || until > now + MaxRetention)
            ? Problem.Of(StatusCodes.Status400BadRequest, ErrorCodes.InvalidRequest, "retainUntil must be in the future, and at most ten years away.")
            : null;
}
