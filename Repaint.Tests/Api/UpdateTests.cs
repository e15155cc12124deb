using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using Repaint.Api.Authentication;
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
        using var ahead = await visitor.GetAsync($"{Path}?since=99999", Cancellation);
        Assert.Equal(HttpStatusCode.OK, ahead.StatusCode);
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

        // Of a database that has been restored since.
        await using (var ahead = await OpenAsync(joined.Token, "99999"))
        {
            Assert.Equal(seen, (await ahead.NextAsync()).Version.ToString());
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
    public async Task A_stream_ends_when_its_token_is_replaced_and_the_new_ones_goes_on()
    {
        var row = await api.CreateEventAsync();
        var joined = await api.JoinAsync(row.Id);
        await using var old = await OpenAsync(joined.Token);
        await old.NextAsync();
        using var anyone = api.Client();
        using var recovered = await anyone.PostAsJsonAsync("/api/visitors/recover", new RecoverRequest(joined.RecoveryCode), Cancellation);
        await using var current = await OpenAsync((await ApiHost.ReadAsync<JoinedVisitor>(recovered)).Token);
        await current.NextAsync();
        Assert.Null(await old.NextTypeAsync());
        var photo = await api.PhotographAsync(joined, 1);
        Assert.Equal(photo.ImageId, (await current.NextAsync()).SelectedImageId);
    }

    [Fact]
    public async Task A_stream_ends_when_its_instance_stops()
    {
        var row = await api.CreateEventAsync();
        var joined = await api.JoinAsync(row.Id);
        var (factory, address) = api.StartInstance();
        await using var stopping = factory;
        await using var stream = await OpenAsync(joined.Token, address: address);
        await stream.NextAsync();
        var stopped = factory.Services.GetRequiredService<IHost>().StopAsync(Cancellation);
        Assert.Null(await stream.NextTypeAsync());
        await stopped;
    }

    [Fact]
    public async Task A_reader_who_is_stuck_holds_up_nobody()
    {
        var row = await api.CreateEventAsync();
        var stuck = await api.JoinAsync(row.Id);
        var joined = await api.JoinAsync(row.Id);
        var (factory, address) = api.StartInstance();
        await using var instance = factory;
        var context = new DefaultHttpContext { RequestServices = factory.Services };
        context.Response.Body = new StuckAfterFirst();
        var visitor = await factory.Services.GetRequiredService<VisitorLookup>().FindAsync(OpaqueToken.Hash(stuck.Token)!, Cancellation);
        var streams = factory.Services.GetRequiredService<UpdateStreams>();
        Assert.True(await streams.TryParkAsync(visitor!, -1, context.Response));
        await using var stream = await OpenAsync(joined.Token, address: address);
        await stream.NextAsync();
        // Both are woken, then both are pinged; one never takes what it is sent.
        await api.PhotographAsync(stuck, 1);
        await api.PhotographAsync(joined, 2);
        await stream.NextAsync();
        for (var ping = 0; ping < 2; ping++)
        {
            var next = stream.NextTypeAsync();
            await ApiHost.UntilAsync(() =>
            {
                api.Time.Advance(TimeSpan.FromSeconds(1));
                return next.IsCompleted;
            });
            Assert.Equal(UpdateStream.Ping, await next);
        }
    }

    [Fact]
    public async Task Streams_stay_and_are_pinged_while_the_database_is_away()
    {
        var row = await api.CreateEventAsync();
        var joined = await api.JoinAsync(row.Id);
        await using var stream = await OpenAsync(joined.Token);
        await stream.NextAsync();
        var name = new NpgsqlConnectionStringBuilder(api.ConnectionString).Database!;
        await using var admin = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(api.ConnectionString) { Database = "postgres" }.ConnectionString);
        await ExecuteAsync($"ALTER DATABASE {name} ALLOW_CONNECTIONS false");
        try
        {
            await ExecuteAsync($"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'");
            var next = stream.NextTypeAsync();
            await ApiHost.UntilAsync(() =>
            {
                api.Time.Advance(TimeSpan.FromSeconds(1));
                return next.IsCompleted;
            });
            Assert.Equal(UpdateStream.Ping, await next);
        }
        finally
        {
            await ExecuteAsync($"ALTER DATABASE {name} ALLOW_CONNECTIONS true");
        }

        await api.QueryAsync(context => context.Database.ExecuteSqlAsync(
            $"UPDATE visitors SET version = version + 1 WHERE id = {joined.VisitorId}", Cancellation));
        var news = stream.NextAsync();
        await ApiHost.UntilAsync(() =>
        {
            api.Time.Advance(TimeSpan.FromSeconds(1));
            return news.IsCompleted;
        });
        await news;

        async Task ExecuteAsync(string sql)
        {
            await using var command = admin.CreateCommand(sql);
            await command.ExecuteNonQueryAsync(Cancellation);
        }
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

        // Who has gone makes room at once, not at the next ping.
        await ApiHost.UntilAsync(async () =>
        {
            using var again = await visitor.GetAsync($"{Path}/stream", HttpCompletionOption.ResponseHeadersRead, Cancellation);
            return again.IsSuccessStatusCode;
        });
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

    /// <summary>A client that takes one event and then no more.</summary>
    private sealed class StuckAfterFirst : MemoryStream
    {
        private bool _isStuck;

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var wasStuck = _isStuck;
            _isStuck = true;
            return wasStuck ? new ValueTask(new TaskCompletionSource().Task) : ValueTask.CompletedTask;
        }
    }
}
