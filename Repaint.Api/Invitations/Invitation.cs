using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Repaint.Api.Events;
using Repaint.Api.Members;

namespace Repaint.Api.Invitations;

/// <summary>A link that makes one person, once, a member of an event's staff.</summary>
internal sealed class Invitation
{
    public required Guid Id { get; init; }

    public required Guid EventId { get; init; }

    /// <summary>The only address it works for, as <see cref="Authentication.VerifiedEmails"/> writes addresses.</summary>
    public required string Email { get; init; }

    /// <summary>One of <see cref="Contracts.Http.EventRoles"/>.</summary>
    public required string Role { get; init; }

    /// <summary>SHA-256 of the token in the link.</summary>
    public required byte[] TokenHash { get; init; }

    /// <summary>Subject of the owner who made it: with this person's ownership ends what it promised.</summary>
    public required string InvitedBy { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    public DateTimeOffset? AcceptedAt { get; init; }

    internal sealed class Configuration : IEntityTypeConfiguration<Invitation>
    {
        public void Configure(EntityTypeBuilder<Invitation> builder)
        {
            builder.ToTable("event_invitations");
            builder.HasIndex(row => new { row.EventId, row.CreatedAt });
            builder.HasIndex(row => row.TokenHash).IsUnique();
            builder.HasIndex(row => row.ExpiresAt);
            builder.Property(row => row.Email).HasMaxLength(EventMember.MaxEmailLength);
            builder.Property(row => row.Role).HasMaxLength(16);
            builder.Property(row => row.TokenHash).HasMaxLength(32);
            builder.Property(row => row.InvitedBy).HasMaxLength(EventMember.MaxSubjectLength);
            builder.HasOne<Event>().WithMany().HasForeignKey(row => row.EventId).OnDelete(DeleteBehavior.Cascade);
        }
    }
}
