using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Repaint.Api.Events;
using Repaint.Api.Members;

namespace Repaint.Api.OneTimeUrls;

/// <summary>Audit: a member of staff asked for a link to a visitor's photograph.</summary>
internal sealed class PhotoAccess
{
    public long Id { get; init; }

    public required Guid EventId { get; init; }

    public required string Subject { get; init; }

    /// <summary>No foreign key, nor <see cref="VisitorId"/>: the record outlives what was looked at.</summary>
    public required Guid ImageId { get; init; }

    public required Guid VisitorId { get; init; }

    public required string Rendition { get; init; }

    public required DateTimeOffset At { get; init; }

    internal sealed class Configuration : IEntityTypeConfiguration<PhotoAccess>
    {
        public void Configure(EntityTypeBuilder<PhotoAccess> builder)
        {
            builder.ToTable("photo_accesses");
            builder.Property(row => row.Id).UseIdentityAlwaysColumn();
            builder.Property(row => row.Subject).HasMaxLength(EventMember.MaxSubjectLength);
            builder.Property(row => row.Rendition).HasMaxLength(16);
            builder.HasIndex(row => new { row.EventId, row.At });
            builder.HasIndex(row => row.VisitorId);
            builder.HasOne<Event>().WithMany().HasForeignKey(row => row.EventId).OnDelete(DeleteBehavior.Cascade);
        }
    }
}
