using Microsoft.AspNetCore.Http.HttpResults;
using Repaint.Contracts.Http;

namespace Repaint.Api.Statistics;

internal static class StaffStatisticsEndpoints
{
    public static void MapStaffStatistics(this RouteGroupBuilder oneEvent) =>
        oneEvent.MapGet("/stats", Get).WithTags("Statistics")
            .WithName("GetStatistics")
            .WithSummary("The event in numbers: visitors, photographs, palettes, picks per spot and hour, time to the painting, what is waiting");

    private static async Task<Ok<EventStatistics>> Get(Guid eventId, StatisticsReader reader, CancellationToken cancellation) =>
        TypedResults.Ok(await reader.ReadAsync(eventId, cancellation));
}
