using System.Net;
using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Repaint.Api.Updates;
using Repaint.Contracts;
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
    }

    [Fact]
    public async Task A_stream_brings_what_is_there_and_then_each_change()
    {
        var row = await api.CreateEventAsync();
        var joined = await api.JoinAsync(row.Id);
        await using var stream = await OpenAsync(joined.Token);
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
        await using var stream = await OpenAsync(joined.Token, address: address);
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
        await using (var stream = await OpenAsync(joined.Token))
        {
            await stream.NextAsync();
            seen = stream.LastEventId;
        }

        await using (var unchanged = await OpenAsync(joined.Token, seen))
        {
            Assert.Equal(UpdateStream.Ping, await unchanged.NextTypeAsync());
        }

        var photo = await api.PhotographAsync(joined, 1);
        await using var resumed = await OpenAsync(joined.Token, seen);
        Assert.Equal(photo.ImageId, (await resumed.NextAsync()).SelectedImageId);
    }

    [Fact]
    public async Task Streams_catch_up_after_the_listening_connection_was_lost()
    {
        var row = await api.CreateEventAsync();
        var joined = await api.JoinAsync(row.Id);
        await using var stream = await OpenAsync(joined.Token);
        await stream.NextAsync();
        // Both in one transaction: the listener is gone when the change commits, and never hears of it.
        await api.QueryAsync(context => context.Database.ExecuteSqlAsync($"""
            WITH cut AS (SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%')
            UPDATE visitors SET version = version + 1 FROM (SELECT count(*) FROM cut) AS done WHERE id = {joined.VisitorId}
            """, Cancellation));
        var next = stream.NextAsync();
        await ApiHost.UntilAsync(() =>
        {
            // The back-off, but less than a ping altogether, which would look by itself. In small steps, so that there is
            // some time left when the loss is noticed late.
            if (api.Time.GetUtcNow() < stream.OpenedAt + UpdateStream.PingInterval - TimeSpan.FromSeconds(2))
            {
                api.Time.Advance(TimeSpan.FromMilliseconds(20));
            }

            return next.IsCompleted;
        });
        await next;
    }

    [Fact]
    public async Task A_quiet_stream_pings()
    {
        var row = await api.CreateEventAsync();
        var joined = await api.JoinAsync(row.Id);
        await using var stream = await OpenAsync(joined.Token);
        await stream.NextAsync();
        var next = stream.NextTypeAsync();
        await ApiHost.UntilAsync(() =>
        {
            api.Time.Advance(TimeSpan.FromSeconds(1));
            return next.IsCompleted;
        });
        Assert.Equal(UpdateStream.Ping, await next);
    }

    [Fact]
    public async Task A_stream_ends_when_its_visitor_is_erased()
    {
        var row = await api.CreateEventAsync();
        var joined = await api.JoinAsync(row.Id);
        await using var stream = await OpenAsync(joined.Token);
        await stream.NextAsync();
        using var visitor = api.Client(joined.Token);
        using var erased = await visitor.DeleteAsync("/api/visitors/me", Cancellation);
        Assert.Null(await stream.NextTypeAsync());
    }

    [Fact]
    public async Task A_visitor_can_open_only_so_many_streams()
    {
        var row = await api.CreateEventAsync();
        var joined = await api.JoinAsync(row.Id);
        var streams = new List<OpenStream>();
        for (var number = 0; number < UpdateHub.MaxStreamsPerVisitor; number++)
        {
            streams.Add(await OpenAsync(joined.Token));
        }

        using var visitor = api.Client(joined.Token);
        using var refused = await visitor.GetAsync($"{Path}/stream", HttpCompletionOption.ResponseHeadersRead, Cancellation);
        await ApiHost.AssertProblemAsync(429, ErrorCodes.RateLimited, refused);
        foreach (var stream in streams)
        {
            await stream.DisposeAsync();
        }
    }

    private static async Task<HttpStatusCode> PollAsync(HttpClient visitor, EntityTagHeaderValue? known)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Path);
        request.Headers.IfNoneMatch.Add(known!);
        using var response = await visitor.SendAsync(request, Cancellation);
        return response.StatusCode;
    }

    private async Task<OpenStream> OpenAsync(string token, string? lastEventId = null, Uri? address = null)
    {
        var client = api.Client(token, address);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{Path}/stream");
        if (lastEventId is not null)
        {
            request.Headers.Add("Last-Event-ID", lastEventId);
        }

        var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancellation);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        return new OpenStream(client, response, await response.Content.ReadAsStreamAsync(Cancellation), api.Time.GetUtcNow());
    }

    private sealed class OpenStream : IAsyncDisposable
    {
        private readonly HttpClient _client;
        private readonly HttpResponseMessage _response;
        private readonly SseParser<string> _parser;
        private readonly IAsyncEnumerator<SseItem<string>> _events;

        public OpenStream(HttpClient client, HttpResponseMessage response, Stream body, DateTimeOffset openedAt)
        {
            (_client, _response, OpenedAt) = (client, response, openedAt);
            _parser = SseParser.Create(body);
            _events = _parser.EnumerateAsync(Cancellation).GetAsyncEnumerator(Cancellation);
        }

        public DateTimeOffset OpenedAt { get; }

        public string LastEventId => _parser.LastEventId;

        /// <summary>The next update; pings are passed over.</summary>
        public async Task<VisitorUpdate> NextAsync()
        {
            while (await NextTypeAsync() is { } type)
            {
                if (type == UpdateStream.Update)
                {
                    return JsonSerializer.Deserialize<VisitorUpdate>(_events.Current.Data, ContractsJson.Options)!;
                }
            }

            throw new EndOfStreamException();
        }

        /// <summary>The type of the next event; null at the end.</summary>
        public async Task<string?> NextTypeAsync()
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
            return await _events.MoveNextAsync().AsTask().WaitAsync(limit.Token) ? _events.Current.EventType : null;
        }

        public async ValueTask DisposeAsync()
        {
            _response.Dispose();
            _client.Dispose();
            await Task.CompletedTask;
        }
    }
}
