using System.Net;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text.Json;
using Repaint.Contracts;
using Repaint.Contracts.Http;

namespace Repaint.Tests.EndToEnd;

/// <summary>画像更新: the phone hears of a new painting, by polling and by stream.</summary>
[Collection(SystemCollection.Name)]
public sealed class UpdateTests(SystemFixture system)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Polling_with_the_last_version_answers_304_until_something_changes()
    {
        using var visitor = await system.JoinAsync();
        await visitor.WaitForPictureAsync();
        using var first = await PollAsync(visitor, etag: null);
        var etag = first.Headers.ETag!.ToString();

        using var unchanged = await PollAsync(visitor, etag);
        await visitor.PickAsync(system.Demo.Spots[0]);
        using var changed = await PollAsync(visitor, etag);

        Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
        Assert.NotEqual(etag, changed.Headers.ETag!.ToString());
    }

    [Fact]
    public async Task The_stream_announces_a_painting_that_can_be_fetched()
    {
        using var visitor = await system.JoinAsync();
        var before = await visitor.WaitForPictureAsync();
        var sketch = await visitor.FetchAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/visitors/me/updates/stream");
        request.Headers.Add("Last-Event-ID", $"{before.Version}");
        using var response = await visitor.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancellation);
        await using var stream = await response.Content.ReadAsStreamAsync(Cancellation);
        var events = SseParser.Create(stream).EnumerateAsync(Cancellation);

        await visitor.PickAsync(system.Demo.Spots[0]);
        var announced = await events
            .Where(item => item.EventType == "update")
            .Select(item => JsonSerializer.Deserialize<VisitorUpdate>(item.Data, ContractsJson.Options)!)
            .FirstAsync(update => update.Version > before.Version && update.State == VisitorPictureStates.Ready, Cancellation);

        Assert.Equal(before.SelectedImageId, announced.SelectedImageId);
        Assert.NotEqual(sketch, await visitor.FetchAsync());
    }

    [Fact]
    public async Task Choosing_the_events_picture_shows_it_with_the_palettes_held()
    {
        using var visitor = await system.JoinAsync();
        await system.Staff.PhotographAsync(
            system.Demo.Event.Id, visitor.Id, SystemFixture.Photo("astronaut.jpg"), Cancellation);
        await visitor.PickAsync(system.Demo.Spots[0]);
        await visitor.WaitForPictureAsync();
        var own = await visitor.FetchAsync();
        var image = (await visitor.GetImagesAsync()).First(image => image.Kind == ImageKinds.Default);

        using var selected = await visitor.Http.PutAsJsonAsync(
            "/api/visitors/me/selected-image", new SelectImageRequest(image.ImageId), ContractsJson.Options, Cancellation);
        var update = await visitor.WaitForPictureAsync();

        Assert.Equal(HttpStatusCode.NoContent, selected.StatusCode);
        Assert.Equal(image.ImageId, update.SelectedImageId);
        Assert.NotEqual(own, await visitor.FetchAsync());
    }

    private static async Task<HttpResponseMessage> PollAsync(TestVisitor visitor, string? etag)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/visitors/me/updates");
        if (etag is not null)
        {
            request.Headers.Add("If-None-Match", etag);
        }

        return await visitor.Http.SendAsync(request, Cancellation);
    }
}
