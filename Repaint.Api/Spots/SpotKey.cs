using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Repaint.Api.Events;

namespace Repaint.Api.Spots;

/// <summary>A key that signs the spot codes of one event. Codes name their key, so that an event can have several.</summary>
internal sealed class SpotKey
{
    public const int Length = 32;

    public required Guid EventId { get; init; }

    /// <summary>0–255, as codes carry it. New codes are signed with the highest.</summary>
    public required int KeyNo { get; init; }

    public required byte[] Secret { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    internal sealed class Configuration : IEntityTypeConfiguration<SpotKey>
    {
        public void Configure(EntityTypeBuilder<SpotKey> builder)
        {
            builder.ToTable("spot_keys");
            builder.HasKey(row => new { row.EventId, row.KeyNo });
            builder.Property(row => row.Secret).HasMaxLength(Length);
            builder.HasOne<Event>().WithMany().HasForeignKey(row => row.EventId).OnDelete(DeleteBehavior.Cascade);
        }
    }
}
