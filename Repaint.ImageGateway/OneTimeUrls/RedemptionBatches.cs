using Microsoft.Extensions.Options;
using Npgsql;
using Repaint.Contracts;

namespace Repaint.ImageGateway.OneTimeUrls;

/// <summary>
/// The usual life of a link, first use and complete delivery, for all who come at the same time in one statement. Whatever is
/// not usual is left to <see cref="Redemption"/>, link by link.
/// </summary>
internal sealed class RedemptionBatches : IAsyncDisposable
{
    // What the link shows is what View.Of says: its set where that is painted or needs no painting; for a visitor whose
    // painting is still being made, the sketch. Without anything to show it is not taken. The same link may be in the batch
    // several times: one of them is taken, and so says the stream id. Links that another transaction is at are skipped, so
    // that no batch ever waits for one.
    private const string Take =
        """
        WITH shown AS (
            SELECT url.token_hash, asked.stream_id, url.visitor_id, url.rendition, url.disposition,
                image.event_id, image.serving_revision, revision.palette_count, revision.trace_id, revision.span_id,
                CASE
                    WHEN url.rendition IN ('Original', 'Clusters') OR wanted.set = 0 OR wanted.set & wanted.every = wanted.every
                        OR EXISTS (
                            SELECT FROM renderings AS painting
                            WHERE painting.image_id = image.id AND painting.revision = image.serving_revision
                              AND painting.palette_set = wanted.set AND painting.state = 'Ready'
                              AND painting.size = CASE WHEN url.rendition = 'Full' THEN 'Full' ELSE 'View' END)
                        THEN wanted.set
                    WHEN url.visitor_id IS NOT NULL AND url.palette_set IS NULL AND url.rendition <> 'Full' THEN 0
                END AS set
            FROM unnest($1, $2, $3) AS asked (token_hash, image_id, stream_id)
            JOIN one_time_urls AS url ON url.token_hash = asked.token_hash AND url.image_id = asked.image_id
            JOIN images AS image ON image.id = url.image_id
            JOIN image_revisions AS revision
                ON revision.image_id = image.id AND revision.revision = image.serving_revision
            LEFT JOIN visitor_pictures AS picture ON picture.image_id = image.id AND picture.visitor_id = url.visitor_id
            CROSS JOIN LATERAL (
                SELECT coalesce(url.palette_set, picture.current_set, 0) AS set, (1 << revision.palette_count) - 1 AS every) AS wanted
            WHERE url.redeemed_at IS NULL AND url.revoked_at IS NULL AND url.expires_at > $4
            FOR UPDATE OF url SKIP LOCKED)
        UPDATE one_time_urls AS url
        SET redeemed_at = $4, lease_until = $5, stream_id = shown.stream_id, stream_seen_at = $4,
            served_revision = shown.serving_revision, served_set = shown.set
        FROM shown
        WHERE url.token_hash = shown.token_hash AND url.redeemed_at IS NULL AND url.revoked_at IS NULL AND shown.set IS NOT NULL
        RETURNING shown.stream_id, shown.visitor_id, shown.rendition, shown.event_id, url.image_id, shown.serving_revision,
            shown.palette_count, shown.set, shown.trace_id, shown.span_id, shown.disposition
        """;

    private const string Complete =
        """
        UPDATE one_time_urls AS url SET stream_id = NULL, completed_at = $3, lease_until = least(url.lease_until, $4)
        FROM unnest($1, $2) AS ended (token_hash, stream_id)
        WHERE url.token_hash = ended.token_hash AND url.stream_id = ended.stream_id
        """;

    private readonly KeptStatement _take;
    private readonly KeptStatement _complete;
    private readonly TimeProvider _time;
    private readonly GatewayOptions _options;
    private readonly Batch<FirstUse, Taken?> _firstUses;
    private readonly Batch<Completion, bool> _completions;

    public RedemptionBatches(
        [FromKeyedServices(ResourceNames.GatewayDatabase)] NpgsqlDataSource database, TimeProvider time, IOptions<GatewayOptions> options)
    {
        _take = new(database, Take);
        _complete = new(database, Complete);
        _time = time;
        _options = options.Value;
        _firstUses = new(TakeAsync);
        _completions = new(CompleteAsync);
    }

    /// <summary>Uses a link for the first time; null when there is anything about it that has to be looked at more closely.</summary>
    public Task<Taken?> TakeAsync(byte[] tokenHash, Guid imageId) =>
        _firstUses.AddAsync(new FirstUse(tokenHash, imageId, Guid.CreateVersion7(_time.GetUtcNow())));

    /// <summary>Ends a response whose last byte went out: only the grace is left.</summary>
    public Task CompleteAsync(Delivery delivery) =>
        _completions.AddAsync(new Completion(delivery.TokenHash, delivery.StreamId!.Value));

    public async ValueTask DisposeAsync()
    {
        await _take.DisposeAsync();
        await _complete.DisposeAsync();
    }

    private Task<IReadOnlyList<Taken?>> TakeAsync(IReadOnlyList<FirstUse> uses)
    {
        var now = _time.GetUtcNow();
        NpgsqlParameter[] parameters =
        [
            Of<byte[][]>([.. uses.Select(use => use.TokenHash)]), Of<Guid[]>([.. uses.Select(use => use.ImageId)]),
            Of<Guid[]>([.. uses.Select(use => use.StreamId)]), Of(now), Of(now + _options.DeliveryLease),
        ];
        return _take.RunAsync(parameters, async command =>
        {
            var taken = new Dictionary<Guid, Taken>();
            await using var reader = await command.ExecuteReaderAsync();
            while (await reader.ReadAsync())
            {
                var visitorId = await reader.IsDBNullAsync(1) ? default(Guid?) : reader.GetGuid(1);
                var view = View.Of(
                    new ImageBlobNames(reader.GetGuid(3), reader.GetGuid(4), reader.GetInt32(5)),
                    reader.GetInt32(6), Enum.Parse<Rendition>(reader.GetString(2)), new PaletteSet((ushort)reader.GetInt32(7)),
                    showsCurrent: false, isReady: true);
                var cause = (await TextAsync(reader, 8), await TextAsync(reader, 9));
                taken.Add(
                    reader.GetGuid(0),
                    new Taken(reader.GetGuid(0), visitorId, view, Enum.Parse<Disposition>(reader.GetString(10)), cause));
            }

            return (IReadOnlyList<Taken?>)[.. uses.Select(use => taken.GetValueOrDefault(use.StreamId))];
        });
    }

    private Task<IReadOnlyList<bool>> CompleteAsync(IReadOnlyList<Completion> completions)
    {
        var now = _time.GetUtcNow();
        NpgsqlParameter[] parameters =
        [
            Of<byte[][]>([.. completions.Select(completion => completion.TokenHash)]),
            Of<Guid[]>([.. completions.Select(completion => completion.StreamId)]), Of(now), Of(now + _options.DeliveryGrace),
        ];
        return _complete.RunAsync(parameters, async command =>
        {
            await command.ExecuteNonQueryAsync();
            return (IReadOnlyList<bool>)[.. completions.Select(_ => true)];
        });
    }

    private static NpgsqlParameter<T> Of<T>(T value) => new() { TypedValue = value };

    private static async Task<string?> TextAsync(NpgsqlDataReader reader, int column) =>
        await reader.IsDBNullAsync(column) ? null : reader.GetString(column);

    /// <summary>A link taken by a request, and the trace and span of the upload of what it shows.</summary>
    internal sealed record Taken(
        Guid StreamId, Guid? VisitorId, View View, Disposition Disposition, (string? TraceId, string? SpanId) Cause);

    private sealed record FirstUse(byte[] TokenHash, Guid ImageId, Guid StreamId);

    private sealed record Completion(byte[] TokenHash, Guid StreamId);
}
