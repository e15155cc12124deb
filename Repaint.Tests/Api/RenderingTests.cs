using System.Diagnostics;
using System.Net.Http.Json;
using Microsoft.EntityFrameworkCore;
using Repaint.Contracts;
using Repaint.Contracts.Http;
using Repaint.Contracts.Messages;

namespace Repaint.Tests.Api;

public sealed class RenderingTests(ApiHost api) : IClassFixture<ApiHost>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_clustered_image_has_the_set_each_viewer_holds_painted()
    {
        var row = await api.CreateEventAsync();
        var spot = await api.CreateSpotAsync(row.Id);
        var image = await api.UploadAsync(row.Id, 1);
        var without = await api.JoinAsync(row.Id);
        var with = await api.JoinAsync(row.Id);
        var elsewhere = await api.JoinAsync(row.Id);
        await api.PhotographAsync(elsewhere, 2);
        using var visitor = api.Client(with.Token);
        using var pick = await visitor.PostAsJsonAsync(
            "/api/visitors/me/picks", new PickRequest(spot.Code, Guid.CreateVersion7(api.Time.GetUtcNow())), Cancellation);
        Assert.Null((await ApiHost.ReadAsync<PickedPalette>(pick)).Colour);
        Assert.DoesNotContain(api.Gateway.Renderings, request => request.ImageId == image.ImageId);

        await api.ClusteredAsync(row, image);
        await ApiHost.UntilAsync(() => api.Gateway.Renderings.Count(request => request.ImageId == image.ImageId) == 2);
        Assert.Equal(
            new HashSet<(Guid, PaletteSet)> { (without.VisitorId, PaletteSet.None), (with.VisitorId, PaletteSet.Of(0)) },
            [.. api.Gateway.Renderings.Where(request => request.ImageId == image.ImageId).Select(request => (request.VisitorId, request.PaletteSet))]);
    }

    [Fact]
    public async Task Requests_made_while_the_gateway_is_down_coalesce_to_the_newest()
    {
        var row = await api.CreateEventAsync();
        var spot = await api.CreateSpotAsync(row.Id);
        var joined = await api.JoinAsync(row.Id);
        var photo = await api.PhotographAsync(joined, 1);
        api.Gateway.Broken = 503;
        try
        {
            await api.ClusteredAsync(row, photo, joined.VisitorId);
            using var visitor = api.Client(joined.Token);
            for (var picks = 0; picks < 3; picks++)
            {
                using var pick = await visitor.PostAsJsonAsync(
                    "/api/visitors/me/picks", new PickRequest(spot.Code, Guid.CreateVersion7(api.Time.GetUtcNow())), Cancellation);
                Assert.True(pick.IsSuccessStatusCode);
            }

            // Then nothing older can still be on its way: a relay sends one batch after the other.
            await ApiHost.UntilAsync(() => api.Gateway.RefusedRenderings.Any(
                request => request.VisitorId == joined.VisitorId && request.PaletteSet == PaletteSet.Of(0, 1, 2)));
        }
        finally
        {
            api.Gateway.Broken = null;
        }

        await ApiHost.UntilAsync(() =>
        {
            api.Time.Advance(TimeSpan.FromSeconds(2));
            return api.Gateway.Renderings.Any(request => request.VisitorId == joined.VisitorId);
        });
        await ApiHost.UntilAsync(async () => !await api.QueryAsync(context => context.RequestedRenderings.AnyAsync(
            rendering => rendering.VisitorId == joined.VisitorId && rendering.Pending, Cancellation)));
        Assert.Equal(PaletteSet.Of(0, 1, 2), Assert.Single(api.Gateway.Renderings, request => request.VisitorId == joined.VisitorId).PaletteSet);
    }

    [Fact]
    public async Task Nothing_is_left_to_send_for_an_image_that_has_nothing_to_serve_until_it_has()
    {
        var row = await api.CreateEventAsync();
        var joined = await api.JoinAsync(row.Id);
        var photo = await api.PhotographAsync(joined, 1);
        Assert.False(await IsPendingAsync());
        await api.HandleAsync(new ImageUpdated(row.Id, photo.ImageId, joined.VisitorId, 3, 1, ImageState.Failed, 1,
            FailureReasons.Corrupt, null, api.Time.GetUtcNow(), null));
        Assert.False(await IsPendingAsync());
        await api.ClusteredAsync(row, photo, joined.VisitorId);
        await ApiHost.UntilAsync(() => api.Gateway.Renderings.Any(request => request.ImageId == photo.ImageId));

        Task<bool> IsPendingAsync() => api.QueryAsync(context => context.RequestedRenderings.AnyAsync(
            rendering => rendering.VisitorId == joined.VisitorId && rendering.Pending, Cancellation));
    }

    [Fact]
    public async Task Nothing_is_left_to_send_for_an_image_the_visitor_has_turned_away_from()
    {
        var row = await api.CreateEventAsync();
        var first = await api.UploadAsync(row.Id, 1);
        var second = await api.UploadAsync(row.Id, 2);
        var joined = await api.JoinAsync(row.Id);
        api.Gateway.Broken = 503;
        try
        {
            await api.ClusteredAsync(row, first);
            using var visitor = api.Client(joined.Token);
            using var selected = await visitor.PutAsJsonAsync(
                "/api/visitors/me/selected-image", new SelectImageRequest(second.ImageId), Cancellation);
            Assert.True(selected.IsSuccessStatusCode);
            Assert.False(await api.QueryAsync(context => context.RequestedRenderings.AnyAsync(
                rendering => rendering.VisitorId == joined.VisitorId && rendering.Pending, Cancellation)));
        }
        finally
        {
            api.Gateway.Broken = null;
        }
    }

    [Fact]
    public async Task Nobody_who_chooses_an_image_while_it_is_clustered_is_forgotten()
    {
        var row = await api.CreateEventAsync();
        await api.UploadAsync(row.Id, 1);
        var visitors = new List<JoinedVisitor>();
        for (var number = 0; number < 12; number++)
        {
            visitors.Add(await api.JoinAsync(row.Id));
        }

        var image = await api.UploadAsync(row.Id, 2);
        var choices = visitors.Select(async joined =>
        {
            using var visitor = api.Client(joined.Token);
            using var selected = await visitor.PutAsJsonAsync(
                "/api/visitors/me/selected-image", new SelectImageRequest(image.ImageId), Cancellation);
            Assert.True(selected.IsSuccessStatusCode);
        }).ToList();
        await api.ClusteredAsync(row, image);
        await Task.WhenAll(choices);
        await ApiHost.UntilAsync(() => visitors.All(visitor => api.Gateway.Renderings.Any(
            request => request.VisitorId == visitor.VisitorId && request.ImageId == image.ImageId)));
    }

    [Fact]
    public async Task Only_the_answer_to_the_newest_request_makes_the_picture_ready_and_it_does_so_once()
    {
        var row = await api.CreateEventAsync();
        var joined = await api.JoinAsync(row.Id);
        var photo = await api.PhotographAsync(joined, 1);
        await api.ClusteredAsync(row, photo, joined.VisitorId);
        var painting = await UpdateAsync(joined);
        Assert.Equal(VisitorPictureStates.Painting, painting.State);

        await api.HandleAsync(Answer(row, photo, joined, painting.Version - 1, RenderingState.Ready));
        await api.HandleAsync(Answer(row, photo, joined, painting.Version, RenderingState.Generating));
        Assert.Equal(painting, await UpdateAsync(joined));

        await api.HandleAsync(Answer(row, photo, joined, painting.Version, RenderingState.Ready));
        var ready = await UpdateAsync(joined);
        Assert.Equal((painting.Version + 1, VisitorPictureStates.Ready), (ready.Version, ready.State));
        await api.HandleAsync(Answer(row, photo, joined, painting.Version, RenderingState.Ready));
        Assert.Equal(ready, await UpdateAsync(joined));
    }

    [Fact]
    public async Task Failures_show_in_the_visitors_state()
    {
        var row = await api.CreateEventAsync();
        var joined = await api.JoinAsync(row.Id);
        Assert.Equal(VisitorPictureStates.None, (await UpdateAsync(joined)).State);
        var photo = await api.PhotographAsync(joined, 1);
        Assert.Equal(VisitorPictureStates.Developing, (await UpdateAsync(joined)).State);
        await api.HandleAsync(new ImageUpdated(row.Id, photo.ImageId, joined.VisitorId, 3, 1, ImageState.Failed, 1,
            FailureReasons.Corrupt, null, api.Time.GetUtcNow(), null));
        Assert.Equal(VisitorPictureStates.Failed, (await UpdateAsync(joined)).State);
        await api.ClusteredAsync(row, photo, joined.VisitorId, version: 4);
        var painting = await UpdateAsync(joined);
        Assert.Equal(VisitorPictureStates.Painting, painting.State);
        await api.HandleAsync(Answer(row, photo, joined, painting.Version, RenderingState.Failed));
        Assert.Equal(VisitorPictureStates.Failed, (await UpdateAsync(joined)).State);
    }

    [Fact]
    public async Task A_failed_retake_keeps_the_old_picture()
    {
        var row = await api.CreateEventAsync();
        var joined = await api.JoinAsync(row.Id);
        var photo = await api.PhotographAsync(joined, 1);
        await api.ClusteredAsync(row, photo, joined.VisitorId);
        var painting = await UpdateAsync(joined);
        await api.HandleAsync(Answer(row, photo, joined, painting.Version, RenderingState.Ready));
        using var retake = await api.PhotographAsync(row.Id, joined.VisitorId, [2], overwrite: true);
        await api.HandleAsync(new ImageUpdated(row.Id, photo.ImageId, joined.VisitorId, 9, 2, ImageState.Failed, 1,
            FailureReasons.Corrupt, null, api.Time.GetUtcNow(), null));
        Assert.NotEqual(VisitorPictureStates.Failed, (await UpdateAsync(joined)).State);
    }

    [Fact]
    public async Task The_moment_a_picture_is_visible_is_a_span_with_its_ids()
    {
        var spans = new List<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Repaint.Api",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity =>
            {
                lock (spans)
                {
                    spans.Add(activity);
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
        var row = await api.CreateEventAsync();
        var joined = await api.JoinAsync(row.Id);
        var photo = await api.PhotographAsync(joined, 1);
        await api.ClusteredAsync(row, photo, joined.VisitorId);
        await api.HandleAsync(Answer(row, photo, joined, (await UpdateAsync(joined)).Version, RenderingState.Ready));
        lock (spans)
        {
            var visible = Assert.Single(spans, span => span.OperationName == TelemetryAttributes.ImageVisibleSpan
                && Equals(span.GetTagItem(TelemetryAttributes.VisitorId), joined.VisitorId.ToString()));
            Assert.Equal(photo.ImageId.ToString(), visible.GetTagItem(TelemetryAttributes.ImageId));
            Assert.Equal("0000", visible.GetTagItem(TelemetryAttributes.PaletteSet));
        }
    }

    private RenderingUpdated Answer(EventDetails row, AcceptedImage image, JoinedVisitor joined, long requestNo, RenderingState state) => new(
        Guid.CreateVersion7(api.Time.GetUtcNow()), row.Id, image.ImageId, image.Revision, PaletteSet.None, state, 1, null, api.Time.GetUtcNow(),
        [new RenderingWaiter(joined.VisitorId, requestNo), new RenderingWaiter(Guid.CreateVersion7(api.Time.GetUtcNow()), requestNo)]);

    private async Task<VisitorUpdate> UpdateAsync(JoinedVisitor joined)
    {
        using var visitor = api.Client(joined.Token);
        return (await visitor.GetFromJsonAsync<VisitorUpdate>("/api/visitors/me/updates", Cancellation))!;
    }
}
