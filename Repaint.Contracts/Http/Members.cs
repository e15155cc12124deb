using System.ComponentModel.DataAnnotations;

namespace Repaint.Contracts.Http;

/// <summary>A member of an event's staff.</summary>
/// <param name="MemberId">The membership: the same person has another one in another event.</param>
/// <param name="Subject">Subject of the person's access tokens.</param>
/// <param name="Role">One of <see cref="EventRoles"/>.</param>
/// <param name="Email">The address the authority vouched for when the person became a member; null when it vouched for none.</param>
/// <param name="Since">When the person became a member.</param>
/// <param name="Me">Whether it is the caller.</param>
public sealed record MemberDetails(Guid MemberId, string Subject, string Role, string? Email, DateTimeOffset Since, bool Me);

/// <summary>Give a member another role.</summary>
/// <param name="Role">One of <see cref="EventRoles"/>.</param>
public sealed record MemberSettings([property: Required, AllowedValues(EventRoles.Owner, EventRoles.Staff)] string Role);

/// <summary>Invite somebody to an event's staff.</summary>
/// <param name="Email">At most 254 characters: who accepts must have this verified address at the authority.</param>
/// <param name="Role">One of <see cref="EventRoles"/>.</param>
/// <param name="ExpiresInHours">1–720: how long the link works.</param>
public sealed record InvitationRequest(
    [property: Required, StringLength(254), RegularExpression(NamePattern.Email)] string Email,
    [property: Required, AllowedValues(EventRoles.Owner, EventRoles.Staff)] string Role = EventRoles.Staff,
    [property: Range(1, 720)] int ExpiresInHours = 168);

/// <summary>An invitation as owners see it.</summary>
/// <param name="InvitationId">The invitation.</param>
/// <param name="Email">The address it is bound to.</param>
/// <param name="Role">The role it gives, one of <see cref="EventRoles"/>.</param>
/// <param name="State">One of <see cref="InvitationStates"/>.</param>
/// <param name="InvitedBy">Subject of the owner who made it.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="ExpiresAt">When it stops working unused.</param>
public sealed record InvitationDetails(
    Guid InvitationId, string Email, string Role, string State, string InvitedBy, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt);

/// <summary>How an invitation is doing.</summary>
public static class InvitationStates
{
    /// <summary>It can be accepted.</summary>
    public const string Pending = "pending";

    /// <summary>It has been accepted, and cannot be again.</summary>
    public const string Accepted = "accepted";

    /// <summary>It expired unused.</summary>
    public const string Expired = "expired";
}

/// <summary>An invitation just made, with its link.</summary>
/// <param name="Invitation">The invitation.</param>
/// <param name="Link">To be handed to the person invited; shown this once, stored hashed.</param>
public sealed record CreatedInvitation(InvitationDetails Invitation, Uri Link);

/// <summary>Accept an invitation.</summary>
/// <param name="Token">What follows <c>#</c> in the invitation's link.</param>
public sealed record AcceptInvitationRequest([property: Required, StringLength(64)] string Token);
