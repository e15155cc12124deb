using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Repaint.Contracts;
using Repaint.Contracts.Http;
using Repaint.Local.Demo;

namespace Repaint.Tests.EndToEnd;

/// <summary>写真撮影, 画像アップロード, 画像生成, 画像取得: from the camera to the last palette.</summary>
[Collection(SystemCollection.Name)]
public sealed class PhotographTests(SystemFixture system)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_photograph_becomes_a_sketch_and_every_palette_paints_more_of_it()
    {
        using var visitor = await system.JoinAsync();
        Assert.False((await StatusAsync(visitor)).Photographed);

        var accepted = await PhotographAsync(visitor, "astronaut.jpg");
        await visitor.WaitForPictureAsync();
        List<byte[]> pictures = [await visitor.FetchAsync()];
        for (var turn = 0; turn < system.Demo.Event.PaletteCount; turn++)
        {
            var won = await visitor.PickAsync(system.Demo.Spots[turn % system.Demo.Spots.Count]);
            Assert.Matches("^#[0-9a-f]{6}$", won.Colour);
            await visitor.WaitForPictureAsync();
            pictures.Add(await visitor.FetchAsync());
        }

        Assert.All(pictures, picture => Assert.True(JpegFile.TryRead(picture, out _)));
        Assert.Equal(pictures.Count, pictures.Select(Convert.ToBase64String).Distinct().Count());
        Assert.True(JpegFile.TryRead(await visitor.FetchAsync(Rendition.Full), out _));
        Assert.Equal(
            new VisitorStatus(visitor.Id, true, accepted.ImageId, ImageState.Clustered, pictures.Count - 1), await StatusAsync(visitor));
    }

    [Fact]
    public async Task A_second_photograph_needs_overwriting_and_the_same_bytes_do_not()
    {
        using var visitor = await system.JoinAsync();
        var first = await PhotographAsync(visitor, "astronaut.jpg");
        await visitor.WaitForPictureAsync();
        var sketch = await visitor.FetchAsync();

        var again = await PhotographAsync(visitor, "astronaut.jpg");
        using var refused = await SendPhotoAsync(visitor, "dandelions.jpg", overwrite: false);
        using var overwritten = await SendPhotoAsync(visitor, "dandelions.jpg", overwrite: true);

        Assert.Equal(first, again);
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        var problem = await refused.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
        Assert.Equal(ErrorCodes.PhotoExists, problem.GetProperty("code").GetString());
        Assert.Equal(HttpStatusCode.Accepted, overwritten.StatusCode);
        var second = await overwritten.Content.ReadFromJsonAsync<AcceptedImage>(ContractsJson.Options, Cancellation);
        Assert.Equal(new AcceptedImage(first.ImageId, 2), second);
        await WaitUntilClusteredAsync(first.ImageId, revision: 2);
        Assert.NotEqual(sketch, await visitor.FetchAsync());
    }

    [Fact]
    public async Task A_one_time_URL_works_once_and_only_whole()
    {
        using var visitor = await system.JoinAsync();
        await PhotographAsync(visitor, "astronaut.jpg");
        await visitor.WaitForPictureAsync();
        using var anyone = new HttpClient();
        var link = await visitor.MintAsync();

        using var first = await anyone.GetAsync(link.Url, Cancellation);
        using var without = await anyone.GetAsync(new Uri(link.Url.GetLeftPart(UriPartial.Path)), Cancellation);
        var second = await UntilRefusedAsync(anyone, link.Url);

        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        Assert.Equal("image/jpeg", first.Content.Headers.ContentType?.MediaType);
        Assert.NotEqual(HttpStatusCode.OK, without.StatusCode);
        Assert.Equal(HttpStatusCode.Gone, second);
    }

    [Theory]
    [InlineData(ResourceNames.ClusteringWorker)]
    [InlineData(ResourceNames.GenerationWorker)]
    [InlineData(ResourceNames.ImageGateway)]
    public async Task A_crash_in_the_middle_delays_a_painting_and_loses_nothing(string resource)
    {
        using var visitor = await system.JoinAsync();
        await PhotographAsync(visitor, "dandelions.jpg");

        system.Crash(resource);
        var won = await visitor.PickAsync(system.Demo.Spots[0]);
        await visitor.WaitForPictureAsync();

        Assert.Equal(1, won.Held);
        Assert.True(JpegFile.TryRead(await visitor.FetchAsync(), out _));
    }

    private Task<VisitorStatus> StatusAsync(TestVisitor visitor) =>
        system.Staff.GetVisitorAsync(system.Demo.Event.Id, visitor.Id, Cancellation);

    private Task<AcceptedImage> PhotographAsync(TestVisitor visitor, string photo) =>
        system.Staff.PhotographAsync(system.Demo.Event.Id, visitor.Id, SystemFixture.Photo(photo), Cancellation);

    private async Task<HttpResponseMessage> SendPhotoAsync(TestVisitor visitor, string photo, bool overwrite)
    {
        using var client = system.NewClient(await system.Staff.GetTokenAsync(Cancellation));
        return await client.PutAsync(
            $"/api/staff/events/{system.Demo.Event.Id}/visitors/{visitor.Id}/photo?overwrite={(overwrite ? "true" : "false")}",
            new ByteArrayContent(SystemFixture.Photo(photo)), Cancellation);
    }

    private Task WaitUntilClusteredAsync(Guid imageId, int revision) => Eventually.IsAsync(async () =>
    {
        var image = await system.Staff.GetImageAsync(system.Demo.Event.Id, imageId, Cancellation);
        return image.Revision == revision && image.State == ImageState.Clustered;
    });

    /// <summary>The grace in which a delivery may be repeated has to pass first.</summary>
    private static async Task<HttpStatusCode> UntilRefusedAsync(HttpClient client, Uri url)
    {
        var status = HttpStatusCode.OK;
        await Eventually.IsAsync(async () =>
        {
            using var response = await client.GetAsync(url, Cancellation);
            status = response.StatusCode;
            return status != HttpStatusCode.OK;
        });
        return status;
    }
}
