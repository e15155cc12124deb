using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Repaint.Api.Events;

namespace Repaint.Api.Members;

internal sealed class EventMember
{
    /// <summary>OpenID Connect allows 255 ASCII characters.</summary>
    public const int MaxSubjectLength = 255;

    /// <summary>RFC 5321 allows no more.</summary>
    public const int MaxEmailLength = 254;

    /// <summary>Names the membership in addresses, where a subject's characters would be in the way.</summary>
    public required Guid Id { get; init; }

    public required Guid EventId { get; init; }

    public required string Subject { get; init; }

    /// <summary>One of <see cref="Contracts.Http.EventRoles"/>.</summary>
    public required string Role { get; init; }

    /// <summary>The address the authority vouched for when the person became a member.</summary>
    public string? Email { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    internal sealed class Configuration : IEntityTypeConfiguration<EventMember>
    {
        public void Configure(EntityTypeBuilder<EventMember> builder)
        {
            builder.ToTable("event_members");
            builder.HasKey(row => new { row.EventId, row.Subject });
            builder.HasIndex(row => row.Id).IsUnique();
            builder.HasIndex(row => row.Subject);
            builder.Property(row => row.Email).HasMaxLength(MaxEmailLength);
            builder.Property(row => row.Subject).HasMaxLength(MaxSubjectLength);
            builder.Property(row => row.Role).HasMaxLength(16);
            builder.HasOne<Event>().WithMany().HasForeignKey(row => row.EventId).OnDelete(DeleteBehavior.Cascade);
        }
    }
}
