using Microsoft.EntityFrameworkCore;
using Npgsql;
using Repaint.Api.Persistence;

namespace Repaint.Api.Visitors;

internal static class VisitorChanges
{
    /// <summary>
    /// From the rows of <c>changed</c> (id, selected_image_id, version, palettes): asks for the painting that each of
    /// them should see now. The number of the request is the visitor's version, so a later change always wins. An image that
    /// has nothing to serve yet is not asked for: when it has, all who look at it are changed, and so asked for, again.
    /// <see cref="Images.ImageRegistry.LockAsync"/> sees to it that nobody falls between the two.
    /// </summary>
    public const string RequestRenderings = """
        INSERT INTO requested_renderings
            (visitor_id, image_id, request_no, palettes, trace_parent, requested_at, pending, answered_no, failed)
        SELECT changed.id, changed.selected_image_id, changed.version, changed.palettes, @trace, @now,
            viewed.serving_revision IS NOT NULL, 0, false
        FROM changed JOIN images viewed ON viewed.id = changed.selected_image_id
        ON CONFLICT (visitor_id, image_id) DO UPDATE SET
            request_no = EXCLUDED.request_no, palettes = EXCLUDED.palettes, trace_parent = EXCLUDED.trace_parent,
            requested_at = EXCLUDED.requested_at, pending = EXCLUDED.pending, leased_until = NULL
        WHERE requested_renderings.request_no < EXCLUDED.request_no
        """;

    /// <summary>
    /// Changes visitors, raises their versions and asks for the paintings they should see now, in one statement.
    /// A trigger announces the new versions. Rows are locked in order of id, so that two such changes cannot deadlock.
    /// </summary>
    /// <param name="context">The database.</param>
    /// <param name="set">Assignments, SQL, each followed by a comma; empty to raise the version only.</param>
    /// <param name="where">Condition on <c>v</c>, SQL.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancellation">Cancellation.</param>
    /// <param name="parameters">Parameters of <paramref name="set"/> and <paramref name="where"/>.</param>
    public static Task<int> ChangeVisitorsAsync(
        this RepaintDbContext context, string set, string where, DateTimeOffset now, CancellationToken cancellation,
        params IEnumerable<NpgsqlParameter> parameters)
    {
        var sql = $"""
            WITH affected AS (SELECT v.id FROM visitors v WHERE {where} ORDER BY v.id FOR NO KEY UPDATE),
            changed AS (
                UPDATE visitors v SET {set} version = v.version + 1, updated_at = @now
                FROM affected WHERE affected.id = v.id
                RETURNING v.id, v.selected_image_id, v.version, v.palettes),
            turned_away AS (
                UPDATE requested_renderings r SET pending = false
                FROM changed WHERE r.visitor_id = changed.id AND r.image_id IS DISTINCT FROM changed.selected_image_id AND r.pending)
            {RequestRenderings}
            """;
        return context.Database.ExecuteSqlRawAsync(sql, parameters.Concat(RequestParameters(now)), cancellation);
    }

    public static IEnumerable<NpgsqlParameter> RequestParameters(DateTimeOffset now) =>
    [
        new("now", now),
        new("trace", NpgsqlTypes.NpgsqlDbType.Text) { Value = (object?)ApiTelemetry.CurrentTraceParent ?? DBNull.Value },
    ];
}
