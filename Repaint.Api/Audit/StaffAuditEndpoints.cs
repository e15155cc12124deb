using System.ComponentModel.DataAnnotations;
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
        [FromQuery, StringLength(EventMember.MaxSubjectLength), RegularExpression(NamePattern.NoControlCharacters)] string? subject = null,
        [FromQuery, StringLength(20)] string? cursor = null, [FromQuery, Range(1, MaxPageSize)] int limit = DefaultPageSize)
    {
        var before = long.MaxValue;
        if (cursor is not null && !long.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out before))
        {
            return Problem.Of(StatusCodes.Status400BadRequest, ErrorCodes.InvalidRequest, "A cursor is what the page before gave as next.");
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
