using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Repaint.Api.Members;
using Repaint.Api.Persistence;
using Repaint.Contracts;
using Repaint.Contracts.Http;
using Repaint.ServiceDefaults.Problems;

namespace Repaint.Api.Audit;

/// <summary>For owners: who of the staff looked at whose photographs.</summary>
internal static class StaffAuditEndpoints
{
    private const int DefaultPageSize = 100;
    private const int MaxPageSize = 500;

    public static void MapStaffAudit(this RouteGroupBuilder oneEvent) =>
        oneEvent.MapGet("/audit", List).RequireOwner().WithTags("Audit")
            .WithName("ListPhotoAccesses")
            .WithSummary("Every look that staff took at a visitor's photograph, newest first; also at those erased since");

    private static async Task<Results<Ok<PhotoAccessPage>, ProblemHttpResult>> List(
        Guid eventId, RepaintDbContext context, CancellationToken cancellation, [FromQuery] Guid? visitorId = null,
        [FromQuery] string? subject = null, [FromQuery] string? cursor = null, [FromQuery] int limit = DefaultPageSize)
    {
        var before = long.MaxValue;
        if (limit is < 1 or > MaxPageSize
            || (cursor is not null && !long.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out before))
            || (subject is not null && (subject.Length > EventMember.MaxSubjectLength || subject.Any(char.IsControl))))
        {
            return Problem.Of(StatusCodes.Status400BadRequest, ErrorCodes.InvalidRequest,
                $"The limit is 1–{MaxPageSize}, a cursor what the page before gave as next, a subject at most {EventMember.MaxSubjectLength} characters.");
        }

        var accesses = context.PhotoAccesses.AsNoTracking().Where(access => access.EventId == eventId && access.Id < before);
        accesses = visitorId is { } visitor ? accesses.Where(access => access.VisitorId == visitor) : accesses;
        accesses = subject is not null ? accesses.Where(access => access.Subject == subject) : accesses;
        var page = await accesses.OrderByDescending(access => access.Id).Take(limit + 1).ToListAsync(cancellation);
        var emails = await context.EmailsAsync(eventId, page.Select(access => access.Subject), cancellation);
        return TypedResults.Ok(new PhotoAccessPage(
            [.. page.Take(limit).Select(access => new PhotoAccessEntry(
                access.At, access.Subject, emails.GetValueOrDefault(access.Subject), access.VisitorId, access.ImageId,
                Enum.Parse<Rendition>(access.Rendition, ignoreCase: true)))],
            page.Count > limit ? page[limit - 1].Id.ToString(CultureInfo.InvariantCulture) : null));
    }
}
