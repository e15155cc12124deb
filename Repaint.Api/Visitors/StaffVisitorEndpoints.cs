using System.ComponentModel.DataAnnotations;
using System.Linq.Expressions;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Repaint.Api.OpenApi;
using Repaint.Api.Persistence;
using Repaint.Contracts;
using Repaint.Contracts.Http;
using Repaint.ServiceDefaults.Problems;

namespace Repaint.Api.Visitors;

/// <summary>What staff may know of a visitor who stands before them.</summary>
internal static class StaffVisitorEndpoints
{
    public static void MapStaffVisitors(this RouteGroupBuilder oneEvent)
    {
        var visitors = oneEvent.MapGroup("/visitors").WithTags("Visitors");
        visitors.MapGet("/{visitorId:guid}", Get)
            .WithName("GetVisitorStatus").WithSummary("Whether a visitor has been photographed").FailsNotFound();
        visitors.MapGet("", Find)
            .WithName("FindVisitor").WithSummary("The visitor with a short code, for when no camera can read the QR code").FailsNotFound();
    }

    private static Task<Results<Ok<VisitorStatus>, ProblemHttpResult>> Get(
        Guid eventId, Guid visitorId, RepaintDbContext context, CancellationToken cancellation) =>
        ReadAsync(context, visitor => visitor.Id == visitorId && visitor.EventId == eventId, cancellation);

    private static async Task<Results<Ok<VisitorStatus>, ProblemHttpResult>> Find(
        Guid eventId, [StringLength(VisitorShortCode.MaxLength)] string code, RepaintDbContext context, CancellationToken cancellation) => VisitorShortCode.TryParse(code, out var digits)
        ? await ReadAsync(context, visitor => visitor.EventId == eventId && visitor.ShortCode == digits, cancellation)
        : NotFound();

    /// <summary>Of exactly one visitor: whose photograph it becomes must not be a guess.</summary>
    private static async Task<Results<Ok<VisitorStatus>, ProblemHttpResult>> ReadAsync(
        RepaintDbContext context, Expression<Func<Visitor, bool>> wanted, CancellationToken cancellation)
    {
        var found = await (
            from visitor in context.Visitors.AsNoTracking().Where(wanted)
            join image in context.Images on visitor.Id equals image.VisitorId into photos
            from photo in photos.DefaultIfEmpty()
            select new { visitor.Id, visitor.Palettes, ImageId = (Guid?)photo!.Id, State = (ImageState?)photo!.State }).Take(2).ToListAsync(cancellation);
        return found is [var one]
            ? TypedResults.Ok(new VisitorStatus(
                one.Id, one.ImageId is not null, one.ImageId, one.State, new PaletteSet((ushort)one.Palettes).Count))
            : NotFound();
    }

    private static ProblemHttpResult NotFound() =>
        Problem.Of(StatusCodes.Status404NotFound, ErrorCodes.NotFound, "There is no such visitor.");
}
