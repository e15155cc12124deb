using System.Net.Http.Json;
using Repaint.Api.Updates;
using Repaint.Contracts.Http;

namespace Repaint.Tests.Api;

public sealed class UpdateStreamTests(ApiHost api) : IClassFixture<ApiHost>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_stream_brings_what_is_there_and_then_each_change()
    {
        var row = await api.CreateEventAsync();
        var joined = await api.JoinAsync(row.Id);
        await using var stream = await OpenUpdates.OpenAsync(api, joined.Token);
        var first = await stream.NextAsync();
        Assert.Equal(VisitorPictureStates.None, first.State);
        var photo = await api.PhotographAsync(joined, 1);
        var second = await stream.NextAsync();
        Assert.Equal((photo.ImageId, VisitorPictureStates.Developing), (second.SelectedImageId, second.State));
        Assert.Equal(second.Version.ToString(), stream.LastEventId);
    }

    [Fact]
    public async Task A_stream_on_another_instance_hears_of_the_change_too()
    {
        var row = await api.CreateEventAsync();
        var joined = await api.JoinAsync(row.Id);
        var (factory, address) = api.StartInstance();
        await using var other = factory;
        await using var stream = await OpenUpdates.OpenAsync(api, joined.Token, address: address);
        await stream.NextAsync();
        var photo = await api.PhotographAsync(joined, 1);
        Assert.Equal(photo.ImageId, (await stream.NextAsync()).SelectedImageId);
    }

    [Fact]
    public async Task A_resumed_stream_brings_only_what_was_missed()
    {
        var row = await api.CreateEventAsync();
        var joined = await api.JoinAsync(row.Id);
        string seen;
        await using (var stream = await OpenUpdates.OpenAsync(api, joined.Token))
        {
            await stream.NextAsync();
            seen = stream.LastEventId;
        }

        await using (var unchanged = await OpenUpdates.OpenAsync(api, joined.Token, seen))
        {
            Assert.Equal(UpdateStream.Ping, await unchanged.NextTypeAsync());
        }

        // Of a database that has been restored since.
        await using (var ahead = await OpenUpdates.OpenAsync(api, joined.Token, "99999"))
        {
            Assert.Equal(seen, (await ahead.NextAsync()).Version.ToString());
        }

        var photo = await api.PhotographAsync(joined, 1);
        await using var resumed = await OpenUpdates.OpenAsync(api, joined.Token, seen);
        Assert.Equal(photo.ImageId, (await resumed.NextAsync()).SelectedImageId);
    }

    [Fact]
    public async Task A_quiet_stream_pings()
    {
        var row = await api.CreateEventAsync();
        var joined = await api.JoinAsync(row.Id);
        await using var stream = await OpenUpdates.OpenAsync(api, joined.Token);
        await stream.NextAsync();
        Assert.Equal(UpdateStream.Ping, await api.PassTimeAsync(stream.NextTypeAsync()));
    }

    [Fact]
    public async Task A_stream_ends_when_its_visitor_is_erased()
    {
        var row = await api.CreateEventAsync();
        var joined = await api.JoinAsync(row.Id);
        await using var stream = await OpenUpdates.OpenAsync(api, joined.Token);
        await stream.NextAsync();
        using var visitor = api.Client(joined.Token);
        using var erased = await visitor.DeleteAsync("/api/visitors/me", Cancellation);
        Assert.Null(await stream.NextTypeAsync());
    }

    [Fact]
    public async Task A_stream_ends_when_its_token_is_replaced_and_the_new_ones_goes_on()
    {
        var row = await api.CreateEventAsync();
        var joined = await api.JoinAsync(row.Id);
        await using var old = await OpenUpdates.OpenAsync(api, joined.Token);
        await old.NextAsync();
        using var anyone = api.Client();
        using var recovered = await anyone.PostAsJsonAsync("/api/visitors/recover", new RecoverRequest(joined.RecoveryCode), Cancellation);
        await using var current = await OpenUpdates.OpenAsync(api, (await ApiHost.ReadAsync<JoinedVisitor>(recovered)).Token);
        await current.NextAsync();
        Assert.Null(await old.NextTypeAsync());
        var photo = await api.PhotographAsync(joined, 1);
        Assert.Equal(photo.ImageId, (await current.NextAsync()).SelectedImageId);
    }

    [Fact]
    public async Task A_visitor_can_open_only_so_many_streams()
    {
        var row = await api.CreateEventAsync();
        var joined = await api.JoinAsync(row.Id);
        var streams = new List<OpenUpdates>();
        for (var number = 0; number < UpdateHub.MaxStreamsPerVisitor; number++)
        {
            streams.Add(await OpenUpdates.OpenAsync(api, joined.Token));
        }

        using var visitor = api.Client(joined.Token);
        using var refused = await visitor.GetAsync($"{OpenUpdates.Path}", HttpCompletionOption.ResponseHeadersRead, Cancellation);
        await ApiHost.AssertProblemAsync(429, ErrorCodes.RateLimited, refused);
        foreach (var stream in streams)
        {
            await stream.DisposeAsync();
        }

        // Who has gone makes room at once, not at the next ping.
        await ApiHost.UntilAsync(async () =>
        {
            using var again = await visitor.GetAsync($"{OpenUpdates.Path}", HttpCompletionOption.ResponseHeadersRead, Cancellation);
            return again.IsSuccessStatusCode;
        });
    }
}
