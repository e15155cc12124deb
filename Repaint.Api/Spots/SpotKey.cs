using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Repaint.Api.Events;

namespace Repaint.Api.Spots;

/// <summary>A key that signs the spot codes of one event. Codes name their key, so that old and new ones can live side by side.</summary>
internal sealed class SpotKey
{
    public const int Length = 32;

    /// <summary>Codes carry the number in one byte; after the last comes the first again.</summary>
    public const int Numbers = 256;

    public required Guid EventId { get; init; }

    public required int KeyNo { get; init; }

    public required byte[] Secret { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When its codes stop working; null for the one key that signs new codes.</summary>
    public DateTimeOffset? RetiresAt { get; init; }

    internal sealed class Configuration : IEntityTypeConfiguration<SpotKey>
    {
        public void Configure(EntityTypeBuilder<SpotKey> builder)
        {
            builder.ToTable("spot_keys");
            builder.HasKey(row => new { row.EventId, row.KeyNo });
            builder.Property(row => row.Secret).HasMaxLength(Length);
            builder.HasIndex(row => row.EventId).IsUnique().HasFilter("retires_at IS NULL").HasDatabaseName("ix_spot_keys_current");
            builder.HasOne<Event>().WithMany().HasForeignKey(row => row.EventId).OnDelete(DeleteBehavior.Cascade);
        }
    }
}
