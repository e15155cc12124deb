using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Repaint.Api.OpenApi;
using Repaint.Api.Persistence;
using Repaint.Contracts.Http;
using Repaint.ServiceDefaults.Problems;

namespace Repaint.Api.Members;

internal static class StaffMemberEndpoints
{
    public static void MapStaffMembers(this RouteGroupBuilder oneEvent)
    {
        var members = oneEvent.MapGroup("/members").WithTags("Members");
        members.MapGet("", List).WithName("ListMembers").WithSummary("The event's staff, longest members first");
        members.MapPut("/{memberId:guid}", ChangeRole).RequireOwner()
            .WithName("UpdateMember").WithSummary("Give a member another role; somebody must stay owner")
            .FailsNotFound().Fails(StatusCodes.Status409Conflict, ErrorCodes.LastOwner);
        members.MapDelete("/{memberId:guid}", Remove).RequireOwner()
            .WithName("RemoveMember").WithSummary("Remove a member, who is refused from the next request on; somebody must stay owner")
            .FailsNotFound().Fails(StatusCodes.Status409Conflict, ErrorCodes.LastOwner);
        members.MapDelete("/me", Leave)
            .WithName("LeaveEvent").WithSummary("Stop being a member; the last owner cannot")
            .Fails(StatusCodes.Status409Conflict, ErrorCodes.LastOwner);
    }

    private static async Task<Ok<IReadOnlyList<MemberDetails>>> List(
        Guid eventId, StaffMember caller, RepaintDbContext context, CancellationToken cancellation)
    {
        var members = await context.Members.AsNoTracking()
            .Where(member => member.EventId == eventId)
            .OrderBy(member => member.CreatedAt).ThenBy(member => member.Id)
            .ToListAsync(cancellation);
        return TypedResults.Ok<IReadOnlyList<MemberDetails>>([.. members.Select(member => Details(member, caller))]);
    }

    private static async Task<Results<Ok<MemberDetails>, ProblemHttpResult>> ChangeRole(
        Guid eventId, Guid memberId, MemberSettings settings, StaffMember caller, RepaintDbContext context, CancellationToken cancellation)
    {
        var outcome = await context.ChangeMemberAsync(caller, memberId, settings.Role, cancellation);
        return outcome == MembershipOutcome.Done && await context.Members.AsNoTracking().FirstOrDefaultAsync(
            member => member.EventId == eventId && member.Id == memberId, cancellation) is { } changed
            ? TypedResults.Ok(Details(changed, caller))
            : Refuse(outcome);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Remove(
        Guid memberId, StaffMember caller, RepaintDbContext context, CancellationToken cancellation) =>
        await context.ChangeMemberAsync(caller, memberId, role: null, cancellation) is not MembershipOutcome.Done and var outcome
            ? Refuse(outcome)
            : TypedResults.NoContent();

    private static async Task<Results<NoContent, ProblemHttpResult>> Leave(
        Guid eventId, StaffMember caller, RepaintDbContext context, CancellationToken cancellation)
    {
        var memberId = await context.Members
            .Where(member => member.EventId == eventId && member.Subject == caller.Subject)
            .Select(member => member.Id)
            .FirstOrDefaultAsync(cancellation);
        return await Remove(memberId, caller, context, cancellation);
    }

    private static MemberDetails Details(EventMember member, StaffMember caller) =>
        new(member.Id, member.Subject, member.Role, member.Email, member.CreatedAt, member.Subject == caller.Subject);

    private static ProblemHttpResult Refuse(MembershipOutcome outcome) => outcome switch
    {
        MembershipOutcome.LastOwner => Problem.Of(StatusCodes.Status409Conflict, ErrorCodes.LastOwner,
            "The event would be left without an owner; make somebody else owner first, or delete the event."),
        MembershipOutcome.Forbidden => Problem.Of(StatusCodes.Status403Forbidden, ErrorCodes.Forbidden, "Only an owner of the event may do this."),
        _ => Problem.Of(StatusCodes.Status404NotFound, ErrorCodes.NotFound, "There is no such member."),
    };
}
