using System.Net;
using System.Net.Http.Json;
using Repaint.Contracts;
using Repaint.Contracts.Http;
using Repaint.Contracts.Messages;

namespace Repaint.Tests.Api;

public sealed class StatisticsTests(ApiHost api) : IClassFixture<ApiHost>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_new_event_counts_nothing()
    {
        var row = await api.CreateEventAsync(3);
        var stats = await StatsAsync(row.Id);
        Assert.Equal((0, 0), (stats.Visitors, stats.Photographed));
        Assert.Equal([0, 0, 0, 0], stats.VisitorsByPalettesHeld);
        Assert.Equal([0, 0, 0], stats.HoldersByPalette);
        Assert.Empty(stats.Images);
        Assert.Empty(stats.Picks);
        Assert.Equal(new PaintingTimes(0, null, null, null), stats.PaintingTimes);
        Assert.Equal(new WaitingWork(0, null), stats.Pipeline.Clustering);
    }

    [Fact]
    public async Task Visitors_palettes_picks_and_the_time_to_the_painting_are_counted()
    {
        var row = await api.CreateEventAsync(3);
        var gate = await api.CreateSpotAsync(row.Id);
        var first = await api.JoinAsync(row.Id);
        var second = await api.JoinAsync(row.Id);
        await api.JoinAsync(row.Id);
        await PickAsync(first, gate);
        await PickAsync(first, gate);
        await PickAsync(second, gate);

        var photo = await api.PhotographAsync(first, 1);
        var waiting = await StatsAsync(row.Id);
        Assert.Equal((1, true), (waiting.Pipeline.Clustering.Waiting, waiting.Pipeline.Clustering.OldestSince is not null));
        await api.ClusteredAsync(row, photo, first.VisitorId);
        Assert.Equal(1, (await StatsAsync(row.Id)).Pipeline.Painting.Waiting);
        await ApiHost.UntilAsync(() => api.Gateway.Renderings.Any(request => request.ImageId == photo.ImageId));
        var asked = api.Gateway.Renderings.Last(request => request.ImageId == photo.ImageId);
        api.Time.Advance(TimeSpan.FromSeconds(4));
        var painted = new RenderingUpdated(
            Guid.CreateVersion7(api.Time.GetUtcNow()), row.Id, photo.ImageId, photo.Revision, asked.PaletteSet, RenderingState.Ready, 1, null,
            api.Time.GetUtcNow(), [new RenderingWaiter(first.VisitorId, asked.RequestNo)]);
        await api.HandleAsync(painted);
        api.Time.Advance(TimeSpan.FromSeconds(60));
        // The same told again, late, is not a slow painting.
        await api.HandleAsync(painted);

        var stats = await StatsAsync(row.Id);
        Assert.Equal((3, 1), (stats.Visitors, stats.Photographed));
        Assert.Equal([1, 1, 1, 0], stats.VisitorsByPalettesHeld);
        Assert.Equal(3, stats.HoldersByPalette.Sum());
        Assert.Equal([new ImageStateCount(ImageState.Clustered, 1)], stats.Images);
        Assert.Equal((gate.Id, "Gate", 3), (stats.Picks[0].SpotId, stats.Picks[0].SpotName, stats.Picks.Sum(hour => hour.Picks)));
        Assert.All(stats.Picks, hour => Assert.Equal((0, 0), (hour.Hour.Minute, hour.Hour.Second)));
        Assert.Equal((1, 4.0), (stats.PaintingTimes.Photographs, Math.Round(stats.PaintingTimes.MedianSeconds!.Value, 3)));
        Assert.Equal(new WaitingWork(0, null), stats.Pipeline.Painting);
        Assert.Equal(new WaitingWork(0, null), stats.Pipeline.Clustering);
    }

    private static async Task<EventStatistics> ReadAsync(HttpClient staff, Guid eventId)
    {
        using var response = await staff.GetAsync($"/api/staff/events/{eventId}/stats", Cancellation);
        return await ApiHost.ReadAsync<EventStatistics>(response);
    }

    private async Task<EventStatistics> StatsAsync(Guid eventId)
    {
        using var staff = api.Staff();
        return await ReadAsync(staff, eventId);
    }

    private async Task PickAsync(JoinedVisitor joined, SpotDetails spot)
    {
        using var visitor = api.Client(joined.Token);
        using var response = await visitor.PostAsJsonAsync(
            "/api/visitors/me/picks", new PickRequest(spot.Code, Guid.CreateVersion7(api.Time.GetUtcNow())), Cancellation);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
    }
}
