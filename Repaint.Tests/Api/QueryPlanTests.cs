using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Repaint.Contracts;
using Repaint.Contracts.Http;
using Repaint.Contracts.Messages;
using Repaint.Tests.Infrastructure;

namespace Repaint.Tests.Api;

/// <summary>What the API asks of a database in which 100,000 visitors have played: nothing that reads a large table through.</summary>
public sealed class QueryPlanTests(QueryPlanTests.RecordedApi recorded) : IClassFixture<QueryPlanTests.RecordedApi>
{
    /// <summary>Of the others in the database; ten such events make it large.</summary>
    private const int VisitorsPerEvent = 10_000;

    private static readonly HashSet<string> LargeTables = ["visitors", "images", "picks", "requested_renderings", "photo_accesses", "erased_images"];

    private readonly ApiHost _api = recorded.Api;
    private readonly StatementRecorder _statements = recorded.Statements;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_foreign_key_has_an_index()
    {
        var bare = await _api.QueryAsync(context => context.Database.SqlQuery<string>($"""
            SELECT key.conname || ' of ' || key.conrelid::regclass AS "Value" FROM pg_constraint key
            WHERE key.contype = 'f' AND NOT EXISTS (
                SELECT FROM pg_index i
                WHERE i.indrelid = key.conrelid
                    AND (i.indkey::int2[])[0:cardinality(key.conkey) - 1] @> key.conkey)
            """).ToListAsync(Cancellation));
        Assert.Empty(bare);
    }

    [Fact]
    public async Task No_statement_reads_a_large_table_through()
    {
        var row = await SeedAsync();
        _statements.Forget();
        await PlayAsync(row);
        await ReadEverythingAsync(row);

        var seen = _statements.CountOf(new NpgsqlConnectionStringBuilder(_api.ConnectionString).Database!);
        Assert.True(seen > 40, $"Only {seen} statements were seen.");
        await using var source = NpgsqlDataSource.Create(_api.ConnectionString);
        Assert.Empty(await _statements.FindScansAsync(source, LargeTables, Cancellation));
    }

    [Fact]
    public async Task A_statement_that_reads_a_large_table_through_is_found()
    {
        await SeedAsync();
        _statements.Forget();
        await using var source = NpgsqlDataSource.Create(_api.ConnectionString);

        await _api.QueryAsync(context => context.Visitors.CountAsync(visitor => visitor.Palettes == 77, Cancellation));

        Assert.Single(await _statements.FindScansAsync(source, LargeTables, Cancellation));
    }

    /// <summary>Everything that changes something, as visitors, staff, the gateway and the relays do.</summary>
    private async Task PlayAsync(EventDetails row)
    {
        var spot = await _api.CreateSpotAsync(row.Id);
        var image = await _api.UploadAsync(row.Id, 1);
        await _api.ClusteredAsync(row, image);
        var joined = await _api.JoinAsync(row.Id);
        var photo = await _api.PhotographAsync(joined, 2);
        await _api.ClusteredAsync(row, photo, joined.VisitorId);
        using var visitor = _api.Client(joined.Token);
        var update = await visitor.GetFromJsonAsync<VisitorUpdate>("/api/visitors/me/updates", Cancellation);
        await _api.HandleAsync(new RenderingUpdated(
            Guid.CreateVersion7(_api.Time.GetUtcNow()), row.Id, photo.ImageId, 1, PaletteSet.None, RenderingState.Ready, 1, null,
            _api.Time.GetUtcNow(), [new RenderingWaiter(joined.VisitorId, update!.Version)]));
        await SucceedAsync(visitor.PostAsJsonAsync(
            "/api/visitors/me/picks", new PickRequest(spot.Code, Guid.CreateVersion7(_api.Time.GetUtcNow())), Cancellation));
        await SucceedAsync(visitor.PutAsJsonAsync("/api/visitors/me/selected-image", new SelectImageRequest(image.ImageId), Cancellation));
        await SucceedAsync(visitor.PostAsJsonAsync(
            "/api/visitors/me/images/selected/one-time-url", new OneTimeUrlRequest(Rendition.View), ContractsJson.Options, Cancellation));
        await SucceedAsync(_api.PhotographAsync(row.Id, joined.VisitorId, [3], overwrite: true));
        using var staff = _api.Staff();
        await SucceedAsync(staff.PostAsJsonAsync(
            $"/api/staff/events/{row.Id}/images/{photo.ImageId}/one-time-url", new StaffOneTimeUrlRequest(Rendition.View),
            ContractsJson.Options, Cancellation));
        await SucceedAsync(staff.PostAsJsonAsync($"/api/staff/events/{row.Id}/spots/rotate-key", new SpotKeyRotation(60), Cancellation));
        using var anyone = _api.Client();
        await SucceedAsync(anyone.PostAsJsonAsync("/api/visitors/recover", new RecoverRequest(joined.RecoveryCode), Cancellation));
        var leaving = await _api.JoinAsync(row.Id);
        await _api.PhotographAsync(leaving, 4);
        using var left = _api.Client(leaving.Token);
        await SucceedAsync(left.DeleteAsync("/api/visitors/me", Cancellation));
        await SucceedAsync(staff.DeleteAsync($"/api/staff/events/{row.Id}/images/{image.ImageId}", Cancellation));
        await ApiHost.UntilAsync(() => _api.Gateway.Deletions.Contains($"{GatewayRoutes.Images}/{image.ImageId}")
            && _api.Gateway.Renderings.Any(request => request.VisitorId == joined.VisitorId));
    }

    /// <summary>Every GET of the OpenAPI document, so that a new one is looked at too.</summary>
    private async Task ReadEverythingAsync(EventDetails row)
    {
        var joined = await _api.JoinAsync(row.Id);
        var photo = await _api.PhotographAsync(joined, 5);
        var spot = await _api.CreateSpotAsync(row.Id);
        using var visitor = _api.Client(joined.Token);
        using var staff = _api.Staff();
        using var document = JsonDocument.Parse(await staff.GetStringAsync("/openapi/v1.json", Cancellation));
        var paths = document.RootElement.GetProperty("paths").EnumerateObject()
            .Where(path => path.Value.TryGetProperty("get", out _)).Select(path => path.Name).ToList();
        paths.Remove("/api/staff/events/{eventId}/visitors");
        paths.Add($"/api/staff/events/{{eventId}}/visitors?code={VisitorShortCode.Of(joined.VisitorId)}");
        foreach (var query in new[] { "", "?state=clustered&limit=5", "?limit=200" })
        {
            paths.Add($"/api/staff/events/{{eventId}}/images{query}");
        }

        foreach (var path in paths)
        {
            var url = path
                .Replace("{eventId}", row.Id.ToString(), StringComparison.Ordinal)
                .Replace("{visitorId}", joined.VisitorId.ToString(), StringComparison.Ordinal)
                .Replace("{imageId}", photo.ImageId.ToString(), StringComparison.Ordinal)
                .Replace("{spotId}", spot.Id.ToString(), StringComparison.Ordinal);
            var client = path.StartsWith("/api/visitors/", StringComparison.Ordinal) ? visitor : staff;
            using var response = await client.GetAsync(url, HttpCompletionOption.ResponseHeadersRead, Cancellation);
            Assert.True(response.IsSuccessStatusCode, $"{url}: {(int)response.StatusCode}");
            if (response.Content.Headers.ContentType?.MediaType == "text/event-stream")
            {
                // The first event: by then it has looked.
                await using var stream = await response.Content.ReadAsStreamAsync(Cancellation);
                Assert.NotEqual(0, await stream.ReadAsync(new byte[1], Cancellation));
            }
        }
    }

    /// <summary>An event with 10,000 visitors beside nine others; filled at once, as no game could.</summary>
    private async Task<EventDetails> SeedAsync()
    {
        var row = await _api.CreateEventAsync();
        if (await _api.QueryAsync(context => context.Visitors.AnyAsync(Cancellation)))
        {
            return row;
        }

        for (var other = 1; other < 10; other++)
        {
            await _api.CreateEventAsync();
        }

        await using var source = NpgsqlDataSource.Create(_api.ConnectionString);
        await using var seed = source.CreateCommand($"""
            SET session_replication_role = replica;
            INSERT INTO visitors (id, event_id, token_hash, recovery_hash, palettes, selected_image_id, photo_image_id, photographed_at,
                version, updated_at, created_at)
            SELECT id, event_id, sha256(uuid_send(id)), sha256(uuid_send(photo)), 3, photo, photo, now(), 5, now(), now()
            FROM (
                SELECT gen_random_uuid() AS id, gen_random_uuid() AS photo, events.id AS event_id
                FROM events, generate_series(1, {VisitorsPerEvent})) AS drawn;
            INSERT INTO images (id, event_id, visitor_id, version, revision, serving_revision, state, attempt, created_at, updated_at)
            SELECT photo_image_id, event_id, id, 5, 1, 1,
                (ARRAY['clustered', 'clustered', 'clustered', 'failed', 'stored'])[1 + random() * 4], 1, now(), now() FROM visitors;
            INSERT INTO requested_renderings (visitor_id, image_id, request_no, palettes, requested_at, pending, answered_no, failed)
            SELECT id, photo_image_id, 5, 3, now(), false, 5, false FROM visitors;
            INSERT INTO picks (visitor_id, pick_id, spot_id, palette_id, held, total, at, cooldown_ends_at, image_id)
            SELECT id, gen_random_uuid(), event_id, palette, palette + 1, 8, now(), now(), photo_image_id
            FROM visitors, generate_series(0, 1) AS palette;
            INSERT INTO photo_accesses (event_id, subject, image_id, visitor_id, rendition, at)
            SELECT event_id, 'somebody', photo_image_id, id, 'view', now() FROM visitors;
            INSERT INTO erased_images (image_id, event_id, changed_in, erased_at)
            SELECT gen_random_uuid(), event_id, pg_current_xact_id(), now() FROM visitors;
            """);
        seed.CommandTimeout = 300;
        await seed.ExecuteNonQueryAsync(Cancellation);
        await using var analyse = source.CreateCommand("VACUUM (ANALYZE)");
        analyse.CommandTimeout = 300;
        await analyse.ExecuteNonQueryAsync(Cancellation);
        return row;
    }

    private static async Task SucceedAsync(Task<HttpResponseMessage> call)
    {
        using var response = await call;
        Assert.True(response.IsSuccessStatusCode, $"{(int)response.StatusCode} {await response.Content.ReadAsStringAsync(Cancellation)}");
    }

    /// <summary>The API, listened to from its first statement on.</summary>
    public sealed class RecordedApi(PostgresFixture postgres) : IAsyncLifetime
    {
        internal StatementRecorder Statements { get; } = new();

        internal ApiHost Api { get; } = new(postgres);

        public ValueTask InitializeAsync() => Api.InitializeAsync();

        public async ValueTask DisposeAsync()
        {
            await Api.DisposeAsync();
            Statements.Dispose();
        }
    }
}
