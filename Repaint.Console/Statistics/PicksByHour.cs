using Repaint.Contracts.Http;

namespace Repaint.Console.Statistics;

/// <summary>Palettes won at one spot, hour by hour.</summary>
/// <param name="Name">The spot; null for all that have no series of their own.</param>
/// <param name="Picks">One number for each hour.</param>
public sealed record SpotSeries(string? Name, IReadOnlyList<int> Picks);

/// <summary>Picks per spot and hour as a chart needs them: every hour, also those in which nothing happened, and few spots.</summary>
/// <param name="Hours">When each hour began.</param>
/// <param name="Spots">The busiest spots, busiest first; then the others together.</param>
public sealed record PicksByHour(IReadOnlyList<DateTimeOffset> Hours, IReadOnlyList<SpotSeries> Spots)
{
    /// <summary>Two days: more columns than that are hairs on a phone.</summary>
    public const int MaxHours = 48;

    /// <summary>As many as there are colours that can be told apart.</summary>
    public const int MaxSpots = 5;

    public static PicksByHour Of(IReadOnlyList<SpotHour> picks)
    {
        if (picks.Count == 0)
        {
            return new PicksByHour([], []);
        }

        var last = picks.Max(pick => pick.Hour);
        var first = picks.Min(pick => pick.Hour);
        var count = (int)Math.Min(MaxHours, (last - first).TotalHours + 1);
        var hours = Enumerable.Range(0, count).Select(index => last.AddHours(index + 1 - count)).ToList();
        var spots = picks.Where(pick => pick.Hour >= hours[0])
            .GroupBy(pick => (pick.SpotId, pick.SpotName))
            .OrderByDescending(spot => spot.Sum(pick => pick.Picks)).ThenBy(spot => spot.Key.SpotName, StringComparer.Ordinal)
            .ToList();
        var series = spots.Take(MaxSpots).Select(spot => new SpotSeries(spot.Key.SpotName, Count(spot, hours))).ToList();
        if (spots.Count > MaxSpots)
        {
            series.Add(new SpotSeries(null, Count(spots.Skip(MaxSpots).SelectMany(spot => spot), hours)));
        }

        return new PicksByHour(hours, series);
    }

    private static List<int> Count(IEnumerable<SpotHour> picks, List<DateTimeOffset> hours)
    {
        var byHour = picks.ToLookup(pick => pick.Hour, pick => pick.Picks);
        return [.. hours.Select(hour => byHour[hour].Sum())];
    }
}
