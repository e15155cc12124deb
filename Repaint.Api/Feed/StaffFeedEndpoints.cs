using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Repaint.Api.Members;
using Repaint.Api.OpenApi;
using Repaint.Contracts.Http;
using Repaint.ServiceDefaults.Problems;

namespace Repaint.Api.Feed;

internal static class StaffFeedEndpoints
{
    public static void MapStaffFeed(this RouteGroupBuilder oneEvent) =>
        oneEvent.MapGet("/feed", Stream).WithTags("Images")
            .WithName("StreamFeed")
            .WithSummary("Server-sent events: `resync`, then `image` and `erased` as they come, `ping` every 15 s; Last-Event-ID resumes")
            .Produces<FeedChange>(contentType: "text/event-stream")
            .Fails(StatusCodes.Status429TooManyRequests, ErrorCodes.RateLimited);

    private static Results<ServerSentEventsResult<FeedChange?>, ProblemHttpResult> Stream(
        StaffMember member, HttpContext http, FeedHub hub, FeedStream stream, TimeProvider time, CancellationToken cancellation,
        [FromHeader(Name = "Last-Event-ID")] string? lastEventId = null)
    {
        if (hub.Subscribe(member.EventId) is not { } subscription)
        {
            return Problem.Of(http, StatusCodes.Status429TooManyRequests, ErrorCodes.RateLimited,
                "Too many feeds of this event are open.", FeedStream.PingInterval);
        }

        // The enumeration disposes it too; this also covers a response that never begins.
        http.Response.RegisterForDispose(subscription);
        // nginx and its like would otherwise hold events back.
        http.Response.Headers["X-Accel-Buffering"] = "no";
        var caller = new FeedCaller(member.EventId, member.Subject, Expiry(http.User));
        return TypedResults.ServerSentEvents<FeedChange?>(
            stream.ReadAsync(caller, subscription, FeedPosition.Parse(lastEventId, time.GetUtcNow()), cancellation));
    }

    /// <summary>A token that never expires does not get past authentication.</summary>
    private static DateTimeOffset Expiry(ClaimsPrincipal user) =>
        DateTimeOffset.FromUnixTimeSeconds(long.Parse(user.FindFirstValue("exp")!, CultureInfo.InvariantCulture));
}
