using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Net.Http.Headers;
using Repaint.Api.Authentication;
using Repaint.Api.OpenApi;
using Repaint.Contracts.Http;
using Repaint.ServiceDefaults.Problems;

namespace Repaint.Api.Updates;

internal static class UpdateEndpoints
{
    public static void MapUpdates(this RouteGroupBuilder me)
    {
        me.MapGet("/updates", Poll)
            .WithName("PollUpdates")
            .WithSummary("What there is to see; 304 when nothing is newer than If-None-Match or since")
            .WithMetadata(new AnswersNotModified());
        me.MapGet("/updates/stream", Stream)
            .WithName("StreamUpdates")
            .WithSummary("Server-sent events: `update` with a VisitorUpdate, `ping` every 15 s; Last-Event-ID resumes")
            .Produces<VisitorUpdate>(contentType: "text/event-stream")
            .Fails(StatusCodes.Status429TooManyRequests, ErrorCodes.RateLimited);
    }

    /// <summary>The version came with authentication, so that "nothing new" costs one lookup.</summary>
    private static async Task<Results<Ok<VisitorUpdate>, StatusCodeHttpResult, ProblemHttpResult>> Poll(
        VisitorIdentity visitor, HttpContext http, VisitorUpdateReader reader, CancellationToken cancellation, [FromQuery] long? since = null)
    {
        var headers = http.Response.GetTypedHeaders();
        headers.CacheControl = new CacheControlHeaderValue { Private = true, NoCache = true };
        headers.ETag = Tag(visitor.Version);
        if (since == visitor.Version || Matches(http.Request, visitor.Version))
        {
            return TypedResults.StatusCode(StatusCodes.Status304NotModified);
        }

        if (await reader.ReadAsync(visitor.TokenHash, cancellation) is not { } update)
        {
            return Problem.Of(StatusCodes.Status401Unauthorized, ErrorCodes.Unauthenticated, "You have been erased.");
        }

        headers.ETag = Tag(update.Version);
        return TypedResults.Ok(update);
    }

    private static async Task<Results<EmptyHttpResult, ProblemHttpResult>> Stream(
        VisitorIdentity visitor, HttpContext http, UpdateStreams streams, [FromHeader(Name = "Last-Event-ID")] string? lastEventId = null)
    {
        var since = long.TryParse(lastEventId, NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : -1;
        return await streams.TryParkAsync(visitor, since, http.Response)
            ? TypedResults.Empty
            : Problem.Of(http, StatusCodes.Status429TooManyRequests, ErrorCodes.RateLimited,
                "Too many streams are open for you.", UpdateStream.PingInterval);
    }

    private static EntityTagHeaderValue Tag(long version) => new($"\"{version.ToString(CultureInfo.InvariantCulture)}\"");

    private static bool Matches(HttpRequest request, long version)
    {
        var current = Tag(version);
        return request.GetTypedHeaders().IfNoneMatch.Any(
            tag => tag.Equals(EntityTagHeaderValue.Any) || tag.Compare(current, useStrongComparison: false));
    }
}
