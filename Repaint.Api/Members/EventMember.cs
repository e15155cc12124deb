using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Repaint.Api.Events;

namespace Repaint.Api.Members;

internal sealed class EventMember
{
    /// <summary>OpenID Connect allows 255 ASCII characters.</summary>
    public const int MaxSubjectLength = 255;

    public required Guid EventId { get; init; }

    public required string Subject { get; init; }

    /// <summary>One of <see cref="Contracts.Http.EventRoles"/>.</summary>
    public required string Role { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }

    internal sealed class Configuration : IEntityTypeConfiguration<EventMember>
    {
        public void Configure(EntityTypeBuilder<EventMember> builder)
        {
            builder.ToTable("event_members");
            builder.HasKey(row => new { row.EventId, row.Subject });
            builder.HasIndex(row => row.Subject);
            builder.Property(row => row.Subject).HasMaxLength(MaxSubjectLength);
            builder.Property(row => row.Role).HasMaxLength(16);
            builder.HasOne<Event>().WithMany().HasForeignKey(row => row.EventId).OnDelete(DeleteBehavior.Cascade);
        }
    }
}
