using System.Net;
using System.Net.Http.Headers;
using Repaint.Contracts.Http;

namespace Repaint.Tests.Api;

public sealed class UpdateTests(ApiHost api) : IClassFixture<ApiHost>
{
    private const string Path = "/api/visitors/me/updates";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nothing_new_is_304_by_ETag_and_by_since()
    {
        var row = await api.CreateEventAsync();
        var joined = await api.JoinAsync(row.Id);
        using var visitor = api.Client(joined.Token);
        using var first = await visitor.GetAsync(Path, Cancellation);
        var update = await ApiHost.ReadAsync<VisitorUpdate>(first);
        Assert.Equal($"\"{update.Version}\"", first.Headers.ETag?.Tag);

        Assert.Equal(HttpStatusCode.NotModified, await PollAsync(visitor, first.Headers.ETag));
        using var since = await visitor.GetAsync($"{Path}?since={update.Version}", Cancellation);
        Assert.Equal(HttpStatusCode.NotModified, since.StatusCode);

        await api.PhotographAsync(joined, 1);
        Assert.Equal(HttpStatusCode.OK, await PollAsync(visitor, first.Headers.ETag));
        // Asked again with what was known before: an update is not used up by looking at it.
        Assert.Equal(HttpStatusCode.OK, await PollAsync(visitor, first.Headers.ETag));
        using var newer = await visitor.GetAsync($"{Path}?since={update.Version}", Cancellation);
        Assert.True((await ApiHost.ReadAsync<VisitorUpdate>(newer)).Version > update.Version);
        using var ahead = await visitor.GetAsync($"{Path}?since=99999", Cancellation);
        Assert.Equal(HttpStatusCode.OK, ahead.StatusCode);
    }

    private static async Task<HttpStatusCode> PollAsync(HttpClient visitor, EntityTagHeaderValue? known)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Path);
        request.Headers.IfNoneMatch.Add(known!);
        using var response = await visitor.SendAsync(request, Cancellation);
        return response.StatusCode;
    }
}
