using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Repaint.Api.Events;
using Repaint.Api.Members;
using Repaint.Contracts;

namespace Repaint.Api.Audit;

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

    public static PhotoAccess Of(StaffMember member, Guid visitorId, Guid imageId, Rendition rendition, DateTimeOffset at) => new()
    {
        EventId = member.EventId,
        Subject = member.Subject,
        ImageId = imageId,
        VisitorId = visitorId,
        Rendition = JsonNamingPolicy.CamelCase.ConvertName(rendition.ToString()),
        At = at,
    };

    internal sealed class Configuration : IEntityTypeConfiguration<PhotoAccess>
    {
        public void Configure(EntityTypeBuilder<PhotoAccess> builder)
        {
            builder.ToTable("photo_accesses");
            builder.Property(row => row.Id).UseIdentityAlwaysColumn();
            builder.Property(row => row.Subject).HasMaxLength(EventMember.MaxSubjectLength);
            builder.Property(row => row.Rendition).HasMaxLength(16);
            builder.HasIndex(row => new { row.EventId, row.Id });
            builder.HasIndex(row => new { row.EventId, row.Subject, row.Id });
            builder.HasIndex(row => new { row.VisitorId, row.Id });
            builder.HasOne<Event>().WithMany().HasForeignKey(row => row.EventId).OnDelete(DeleteBehavior.Cascade);
        }
    }
}
