using Repaint.Console.Statistics;
using Repaint.Contracts.Http;

namespace Repaint.Tests.Console;

public sealed class PicksByHourTests
{
    private static readonly DateTimeOffset Noon = new(2026, 8, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Hours_without_picks_are_there_and_busy_spots_come_first()
    {
        var gate = Guid.CreateVersion7(Noon);
        var stage = Guid.CreateVersion7(Noon);

        var picks = PicksByHour.Of([new(gate, "Gate", Noon, 2), new(stage, "Stage", Noon, 4), new(gate, "Gate", Noon.AddHours(2), 1)]);

        Assert.Equal([Noon, Noon.AddHours(1), Noon.AddHours(2)], picks.Hours);
        Assert.Equal(["Stage", "Gate"], picks.Spots.Select(spot => spot.Name));
        Assert.Equal([4, 0, 0], picks.Spots[0].Picks);
        Assert.Equal([2, 0, 1], picks.Spots[1].Picks);
    }

    [Fact]
    public void Spots_of_the_same_name_stay_apart_and_the_quiet_ones_are_put_together()
    {
        var picks = PicksByHour.Of([.. Enumerable.Range(1, PicksByHour.MaxSpots + 2).Select(count => new SpotHour(Guid.CreateVersion7(Noon), "Gate", Noon, count))]);

        Assert.Equal(PicksByHour.MaxSpots + 1, picks.Spots.Count);
        Assert.Null(picks.Spots[^1].Name);
        Assert.Equal([3], picks.Spots[^1].Picks);
    }

    [Fact]
    public void Of_a_long_event_the_newest_hours_are_shown()
    {
        var picks = PicksByHour.Of([new(Guid.CreateVersion7(Noon), "Gate", Noon, 9), new(Guid.CreateVersion7(Noon), "Stage", Noon.AddDays(5), 1)]);

        Assert.Equal(PicksByHour.MaxHours, picks.Hours.Count);
        Assert.Equal(Noon.AddDays(5), picks.Hours[^1]);
        Assert.Equal("Stage", Assert.Single(picks.Spots).Name);
    }

    [Fact]
    public void Nothing_yet_is_no_chart() => Assert.Empty(PicksByHour.Of([]).Hours);
}
