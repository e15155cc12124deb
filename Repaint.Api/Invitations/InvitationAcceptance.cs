using Microsoft.EntityFrameworkCore;
using Repaint.Api.Members;
using Repaint.Api.Persistence;

namespace Repaint.Api.Invitations;

internal enum AcceptanceOutcome
{
    Accepted,
    Unknown,
    OtherEmail,
    Used,
    Expired,
}

/// <summary>Makes the person invited a member. One statement takes the invitation: of any number at once, one gets it.</summary>
internal sealed class InvitationAcceptance(RepaintDbContext context, TimeProvider time)
{
    /// <summary>The outcome, and the event when it was accepted.</summary>
    public Task<(AcceptanceOutcome Outcome, Guid EventId)> AcceptAsync(
        byte[] tokenHash, string subject, string email, CancellationToken cancellation) =>
        context.InTransactionAsync(async token =>
        {
            var found = await context.Invitations.AsNoTracking().FirstOrDefaultAsync(row => row.TokenHash == tokenHash, token);
            if (found is null)
            {
                return (AcceptanceOutcome.Unknown, Guid.Empty);
            }

            if (found.Email != email)
            {
                return (AcceptanceOutcome.OtherEmail, Guid.Empty);
            }

            // The event's row first, as wherever members change; it also keeps the event from being erased in between.
            await context.LockEventAsync(found.EventId, token);
            var now = time.GetUtcNow();
            var taken = await context.Invitations
                .Where(row => row.Id == found.Id && row.AcceptedAt == null && row.ExpiresAt > now)
                .ExecuteUpdateAsync(set => set.SetProperty(row => row.AcceptedAt, now), token);
            if (taken == 0)
            {
                return (await RefusalAsync(found.Id, token), Guid.Empty);
            }

            await AddMemberAsync(found, subject, now, token);
            return (AcceptanceOutcome.Accepted, found.EventId);
        }, cancellation);

    private async Task<AcceptanceOutcome> RefusalAsync(Guid invitationId, CancellationToken cancellation) =>
        await context.Invitations.AsNoTracking().FirstOrDefaultAsync(row => row.Id == invitationId, cancellation) switch
        {
            null => AcceptanceOutcome.Unknown,
            { AcceptedAt: not null } => AcceptanceOutcome.Used,
            _ => AcceptanceOutcome.Expired,
        };

    /// <summary>Who is a member already can only rise by it: an invitation to the staff must not cost an event its owner.</summary>
    private Task<int> AddMemberAsync(Invitation invitation, string subject, DateTimeOffset now, CancellationToken cancellation)
    {
        var memberId = Guid.CreateVersion7(now);
        return context.Database.ExecuteSqlAsync($"""
            INSERT INTO event_members (id, event_id, subject, role, email, created_at)
            VALUES ({memberId}, {invitation.EventId}, {subject}, {invitation.Role}, {invitation.Email}, {now})
            ON CONFLICT (event_id, subject) DO UPDATE SET
                email = EXCLUDED.email,
                role = CASE WHEN event_members.role = 'owner' THEN event_members.role ELSE EXCLUDED.role END
            """, cancellation);
    }
}
