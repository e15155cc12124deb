using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Repaint.Api.Events;

namespace Repaint.Api.Spots;

/// <summary>A place in the event whose code gives palettes.</summary>
internal sealed class Spot
{
    public const int MaxNameLength = 32;

    public required Guid Id { get; init; }

    public required Guid EventId { get; init; }

    public required string Name { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }

    internal sealed class Configuration : IEntityTypeConfiguration<Spot>
    {
        public void Configure(EntityTypeBuilder<Spot> builder)
        {
            builder.ToTable("spots");
            builder.Property(row => row.Name).HasMaxLength(MaxNameLength);
            builder.HasIndex(row => new { row.EventId, row.CreatedAt });
            builder.HasOne<Event>().WithMany().HasForeignKey(row => row.EventId).OnDelete(DeleteBehavior.Cascade);
        }
    }
}
