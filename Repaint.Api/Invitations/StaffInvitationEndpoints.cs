using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Repaint.Api.Authentication;
using Repaint.Api.Members;
using Repaint.Api.OpenApi;
using Repaint.Api.Persistence;
using Repaint.Contracts.Http;
using Repaint.ServiceDefaults.Problems;

namespace Repaint.Api.Invitations;

/// <summary>What owners do with invitations. The link is shown to the owner, who hands it on by any way there is.</summary>
internal static class StaffInvitationEndpoints
{
    public const int MaxInvitations = 200;

    public static void MapStaffInvitations(this RouteGroupBuilder oneEvent)
    {
        var invitations = oneEvent.MapGroup("/invitations").RequireOwner().WithTags("Members");
        invitations.MapPost("", Create)
            .WithName("CreateInvitation")
            .WithSummary("Invite somebody to the staff: a link for one person, by verified e-mail address, that works once until it expires")
            .Fails(StatusCodes.Status409Conflict, ErrorCodes.LimitReached);
        invitations.MapGet("", List).WithName("ListInvitations").WithSummary("The event's invitations, newest first, without their links");
        invitations.MapDelete("/{invitationId:guid}", Revoke)
            .WithName("RevokeInvitation").WithSummary("Withdraw an invitation; a member it has made stays one").FailsNotFound();
    }

    private static async Task<Results<Created<CreatedInvitation>, ProblemHttpResult>> Create(
        Guid eventId, InvitationRequest request, StaffMember caller, RepaintDbContext context, IOptions<ApiOptions> options,
        TimeProvider time, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var token = OpaqueToken.Create();
        var invitation = new Invitation
        {
            Id = Guid.CreateVersion7(now),
            EventId = eventId,
            Email = VerifiedEmails.Normalise(request.Email),
            Role = request.Role,
            TokenHash = OpaqueToken.Hash(token)!,
            InvitedBy = caller.Subject,
            CreatedAt = now,
            ExpiresAt = now.AddHours(request.ExpiresInHours),
        };
        var outcome = await context.InTransactionAsync(async inner =>
        {
            // Against an owner who is being removed right now: see Membership.
            await context.LockEventAsync(eventId, inner);
            if (!await context.Members.AnyAsync(
                member => member.EventId == eventId && member.Subject == caller.Subject && member.Role == EventRoles.Owner, inner))
            {
                return MembershipOutcome.Forbidden;
            }

            if (await context.Invitations.CountAsync(row => row.EventId == eventId, inner) >= MaxInvitations)
            {
                return MembershipOutcome.NotFound;
            }

            context.Add(invitation);
            await context.SaveChangesAsync(inner);
            return MembershipOutcome.Done;
        }, cancellation);
        return outcome switch
        {
            // In the fragment, which browsers do not send: it reaches no server's log.
            MembershipOutcome.Done => TypedResults.Created(
                $"/api/staff/events/{eventId}/invitations/{invitation.Id}",
                new CreatedInvitation(Details(invitation, now), new Uri($"{options.Value.PublicOrigin.TrimEnd('/')}/console/invitation#{token}"))),
            MembershipOutcome.Forbidden => Problem.Of(
                StatusCodes.Status403Forbidden, ErrorCodes.Forbidden, "Only an owner of the event may do this."),
            _ => Problem.Of(StatusCodes.Status409Conflict, ErrorCodes.LimitReached,
                $"An event has at most {MaxInvitations} invitations; withdraw some that are used or expired."),
        };
    }

    private static async Task<Ok<IReadOnlyList<InvitationDetails>>> List(
        Guid eventId, RepaintDbContext context, TimeProvider time, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var invitations = await context.Invitations.AsNoTracking()
            .Where(invitation => invitation.EventId == eventId)
            .OrderByDescending(invitation => invitation.CreatedAt).ThenByDescending(invitation => invitation.Id)
            .ToListAsync(cancellation);
        return TypedResults.Ok<IReadOnlyList<InvitationDetails>>([.. invitations.Select(invitation => Details(invitation, now))]);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Revoke(
        Guid eventId, Guid invitationId, RepaintDbContext context, CancellationToken cancellation) =>
        await context.Invitations
            .Where(invitation => invitation.EventId == eventId && invitation.Id == invitationId)
            .ExecuteDeleteAsync(cancellation) > 0
            ? TypedResults.NoContent()
            : Problem.Of(StatusCodes.Status404NotFound, ErrorCodes.NotFound, "There is no such invitation.");

    private static InvitationDetails Details(Invitation invitation, DateTimeOffset now) => new(
        invitation.Id, invitation.Email, invitation.Role, State(invitation, now), invitation.InvitedBy, invitation.CreatedAt, invitation.ExpiresAt);

    private static string State(Invitation invitation, DateTimeOffset now) => invitation switch
    {
        { AcceptedAt: not null } => InvitationStates.Accepted,
        _ when invitation.ExpiresAt <= now => InvitationStates.Expired,
        _ => InvitationStates.Pending,
    };
}
