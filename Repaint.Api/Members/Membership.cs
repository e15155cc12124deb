using Microsoft.EntityFrameworkCore;
using Repaint.Api.Persistence;
using Repaint.Contracts.Http;

namespace Repaint.Api.Members;

internal enum MembershipOutcome
{
    Done,
    NotFound,
    Forbidden,
    LastOwner,
}

/// <summary>
/// Changes who belongs to an event. All changes of one event's members come one after the other (the event's row is
/// locked), so that two owners who remove each other at once cannot both succeed and leave nobody.
/// </summary>
internal static class Membership
{
    /// <summary>Gives a member another role, or (null) none any more.</summary>
    public static Task<MembershipOutcome> ChangeMemberAsync(
        this RepaintDbContext context, StaffMember caller, Guid memberId, string? role, CancellationToken cancellation) =>
        context.InTransactionAsync(async token =>
        {
            await context.LockEventAsync(caller.EventId, token);
            var owners = context.Members.Where(member => member.EventId == caller.EventId && member.Role == EventRoles.Owner);
            var target = await context.Members.AsNoTracking().FirstOrDefaultAsync(
                member => member.EventId == caller.EventId && member.Id == memberId, token);
            if (target is null)
            {
                return MembershipOutcome.NotFound;
            }

            // Who was an owner when the request came may have been demoted while it waited. Leaving is everybody's right.
            var leaves = role is null && target.Subject == caller.Subject;
            if (!leaves && !await owners.AnyAsync(member => member.Subject == caller.Subject, token))
            {
                return MembershipOutcome.Forbidden;
            }

            var stepsDown = target.Role == EventRoles.Owner && role != EventRoles.Owner;
            if (stepsDown && !await owners.AnyAsync(member => member.Id != memberId, token))
            {
                return MembershipOutcome.LastOwner;
            }

            await ApplyAsync(context, target, role, stepsDown, token);
            return MembershipOutcome.Done;
        }, cancellation);

    /// <summary>Holds up every other change of the event's members until the caller's transaction ends; false when there is no such event.</summary>
    public static async Task<bool> LockEventAsync(this RepaintDbContext context, Guid eventId, CancellationToken cancellation) =>
        (await context.Database.SqlQuery<Guid>($"SELECT id FROM events WHERE id = {eventId} FOR NO KEY UPDATE").ToListAsync(cancellation)).Count > 0;

    private static async Task ApplyAsync(
        RepaintDbContext context, EventMember target, string? role, bool stepsDown, CancellationToken cancellation)
    {
        var member = context.Members.Where(row => row.EventId == target.EventId && row.Id == target.Id);
        if (role is null)
        {
            await member.ExecuteDeleteAsync(cancellation);
        }
        else
        {
            await member.ExecuteUpdateAsync(set => set.SetProperty(row => row.Role, role), cancellation);
        }

        if (stepsDown)
        {
            // An invitation to oneself, kept for this moment, would be a way back.
            await context.Invitations
                .Where(invitation => invitation.EventId == target.EventId && invitation.InvitedBy == target.Subject && invitation.AcceptedAt == null)
                .ExecuteDeleteAsync(cancellation);
        }
    }
}
