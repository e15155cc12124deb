using System.Net.ServerSentEvents;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.IdentityModel.Tokens;
using Repaint.Api.Feed;
using Repaint.Api.Persistence;
using Repaint.Contracts;
using Repaint.Contracts.Http;
using Repaint.Migrations;
using Repaint.ServiceDefaults.Postgres;

namespace Repaint.Tests.Api;

public sealed class FeedTests(ApiHost api) : IClassFixture<ApiHost>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_feed_begins_with_resync_and_brings_every_change()
    {
        var row = await api.CreateEventAsync();
        await using var feed = await OpenAsync(row.Id);
        Assert.Equal(FeedEvents.Resync, (await feed.NextAsync()).EventType);
        var image = await api.UploadAsync(row.Id, 1);
        await feed.UntilAsync(image.ImageId, ImageState.Stored);
        await api.ClusteredAsync(row, image);
        var clustered = await feed.UntilAsync(image.ImageId, ImageState.Clustered);
        Assert.Equal((row.PaletteCount, ApiHost.Owner), (clustered.Palettes.Count, clustered.SentBy));

        using var staff = api.Staff();
        using var deleted = await staff.DeleteAsync($"/api/staff/events/{row.Id}/images/{image.ImageId}", Cancellation);
        Assert.Equal(image.ImageId, (await feed.UntilAsync(FeedEvents.Erased))!.ErasedImageId);
    }

    [Fact]
    public async Task A_feed_on_another_instance_hears_of_it_too_and_no_feed_of_another_event()
    {
        var row = await api.CreateEventAsync();
        var elsewhere = await api.CreateEventAsync();
        var (factory, address) = api.StartInstance();
        await using var other = factory;
        await using var feed = await OpenAsync(row.Id, address: address);
        await feed.NextAsync();
        await api.UploadAsync(elsewhere.Id, 1);
        var image = await api.UploadAsync(row.Id, 2);
        var first = await feed.UntilAsync(FeedEvents.Image);
        Assert.Equal(image.ImageId, first!.Image!.ImageId);
    }

    [Fact]
    public async Task A_resumed_feed_brings_what_was_missed_and_an_unusable_position_starts_anew()
    {
        var row = await api.CreateEventAsync();
        var kept = await api.UploadAsync(row.Id, 1);
        string position;
        await using (var feed = await OpenAsync(row.Id))
        {
            await feed.NextAsync();
            position = feed.LastEventId;
        }

        var missed = await api.UploadAsync(row.Id, 2);
        using var staff = api.Staff();
        using var deleted = await staff.DeleteAsync($"/api/staff/events/{row.Id}/images/{kept.ImageId}", Cancellation);
        await using (var resumed = await OpenAsync(row.Id, position))
        {
            var seen = new HashSet<Guid>();
            while (!seen.IsSupersetOf([kept.ImageId, missed.ImageId]))
            {
                var change = await resumed.NextAsync();
                Assert.NotEqual(FeedEvents.Resync, change.EventType);
                seen.Add(change.EventType == FeedEvents.Erased ? Read(change)!.ErasedImageId!.Value : Read(change)!.Image!.ImageId);
            }
        }

        var old = new FeedPosition(1, api.Time.GetUtcNow() - ErasedImage.Remembered - TimeSpan.FromMinutes(1)).ToString();
        var future = new FeedPosition(ulong.MaxValue, api.Time.GetUtcNow()).ToString();
        foreach (var unusable in new[] { old, future, "0190", "-", "1-2-3" })
        {
            await using var fresh = await OpenAsync(row.Id, unusable);
            Assert.Equal(FeedEvents.Resync, (await fresh.NextAsync()).EventType);
        }
    }

    [Fact]
    public async Task A_change_that_commits_after_younger_ones_is_not_missed()
    {
        var row = await api.CreateEventAsync();
        var slow = await api.UploadAsync(row.Id, 1);
        var quick = await api.UploadAsync(row.Id, 2);
        await using var feed = await OpenAsync(row.Id);
        await feed.NextAsync();
        await using var source = PostgresExtensions.CreateDataSource(api.ConnectionString);
        await using var context = new RepaintDbContext(MigrationExtensions.Options<RepaintDbContext>(source));
        await context.Database.CreateExecutionStrategy().ExecuteAsync(async () =>
        {
            await using var transaction = await context.Database.BeginTransactionAsync(Cancellation);
            await context.Database.ExecuteSqlAsync($"UPDATE images SET state = 'failed', reason = 'slow' WHERE id = {slow.ImageId}", Cancellation);
            await api.ClusteredAsync(row, quick);
            await feed.UntilAsync(quick.ImageId, ImageState.Clustered);
            await transaction.CommitAsync(Cancellation);
        });
        await feed.UntilAsync(slow.ImageId, ImageState.Failed);
    }

    [Fact]
    public async Task So_many_changes_at_once_that_loading_is_cheaper_are_one_resync()
    {
        var row = await api.CreateEventAsync();
        await using var feed = await OpenAsync(row.Id);
        await feed.NextAsync();
        await api.QueryAsync(context => context.Database.ExecuteSqlAsync($"""
            INSERT INTO images (id, event_id, version, revision, state, attempt, created_at, updated_at)
            SELECT gen_random_uuid(), {row.Id}, 1, 1, 'stored', 1, now(), now() FROM generate_series(0, {FeedReader.MaxChanges})
            """, Cancellation));
        Assert.Equal(FeedEvents.Resync, (await feed.NextAsync()).EventType);
    }

    [Fact]
    public async Task A_feed_ends_with_the_membership_and_with_the_event()
    {
        var row = await api.CreateEventAsync();
        var memberId = await api.AddMemberAsync(row.Id, "leaving");
        await using var feed = await OpenAsync(row.Id, subject: "leaving");
        await feed.NextAsync();
        await using var owners = await OpenAsync(row.Id);
        await owners.NextAsync();
        using var staff = api.Staff();
        using var removed = await staff.DeleteAsync($"/api/staff/events/{row.Id}/members/{memberId}", Cancellation);
        // The next thing that happens finds the member gone; it is not told any more.
        await api.UploadAsync(row.Id, 1);
        await feed.EndsAsync();

        using var deleted = await staff.DeleteAsync($"/api/staff/events/{row.Id}", Cancellation);
        await owners.EndsAsync();
    }

    [Fact]
    public async Task A_feed_ends_with_its_token()
    {
        var row = await api.CreateEventAsync();
        var token = api.Authority.Token(ApiHost.Owner, spoil => spoil.Expires = TimeProvider.System.GetUtcNow().UtcDateTime.AddMinutes(5));
        await using var feed = await OpenAsync(row.Id, token: token);
        await feed.NextAsync();
        var ends = feed.EndsAsync();
        await ApiHost.UntilAsync(() =>
        {
            api.Time.Advance(TimeSpan.FromSeconds(10));
            return ends.IsCompleted;
        });
        await ends;
    }

    [Fact]
    public async Task An_event_has_only_so_many_feeds()
    {
        var row = await api.CreateEventAsync();
        var feeds = new List<OpenFeed>();
        for (var number = 0; number < FeedHub.MaxStreamsPerEvent; number++)
        {
            feeds.Add(await OpenAsync(row.Id));
        }

        using var staff = api.Staff();
        using var refused = await staff.GetAsync($"/api/staff/events/{row.Id}/feed", HttpCompletionOption.ResponseHeadersRead, Cancellation);
        await ApiHost.AssertProblemAsync(429, ErrorCodes.RateLimited, refused);
        foreach (var feed in feeds)
        {
            await feed.DisposeAsync();
        }
    }

    private static FeedChange? Read(SseItem<string> item) => JsonSerializer.Deserialize<FeedChange?>(item.Data, ContractsJson.Options);

    private async Task<OpenFeed> OpenAsync(
        Guid eventId, string? lastEventId = null, Uri? address = null, string subject = ApiHost.Owner, string? token = null)
    {
        // Other tests move the clock; the token must outlive that.
        var client = api.Client(token ?? api.Authority.Token(subject, Lasting), address);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/staff/events/{eventId}/feed");
        if (lastEventId is not null)
        {
            request.Headers.Add("Last-Event-ID", lastEventId);
        }

        var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancellation);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        return new OpenFeed(client, response, await response.Content.ReadAsStreamAsync(Cancellation));
    }

    private static void Lasting(SecurityTokenDescriptor token) => token.Expires = TimeProvider.System.GetUtcNow().UtcDateTime.AddDays(1);

    private sealed class OpenFeed : IAsyncDisposable
    {
        private readonly HttpClient _client;
        private readonly HttpResponseMessage _response;
        private readonly SseParser<string> _parser;
        private readonly IAsyncEnumerator<SseItem<string>> _events;

        public OpenFeed(HttpClient client, HttpResponseMessage response, Stream body)
        {
            (_client, _response) = (client, response);
            _parser = SseParser.Create(body);
            _events = _parser.EnumerateAsync(Cancellation).GetAsyncEnumerator(Cancellation);
        }

        public string LastEventId => _parser.LastEventId;

        public async Task<SseItem<string>> NextAsync()
        {
            Assert.True(await MoveAsync(), "The feed ended.");
            return _events.Current;
        }

        public async Task<FeedChange?> UntilAsync(string type)
        {
            while (true)
            {
                var item = await NextAsync();
                if (item.EventType == type)
                {
                    return Read(item);
                }
            }
        }

        public async Task<ImageDetails> UntilAsync(Guid imageId, ImageState state)
        {
            while (true)
            {
                if ((await UntilAsync(FeedEvents.Image))!.Image is { } image && image.ImageId == imageId && image.State == state)
                {
                    return image;
                }
            }
        }

        public async Task EndsAsync()
        {
            while (await MoveAsync())
            {
            }
        }

        public ValueTask DisposeAsync()
        {
            _response.Dispose();
            _client.Dispose();
            return ValueTask.CompletedTask;
        }

        private async Task<bool> MoveAsync()
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
            return await _events.MoveNextAsync().AsTask().WaitAsync(limit.Token);
        }
    }
}
