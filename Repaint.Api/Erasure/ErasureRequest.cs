using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Repaint.Api.Erasure;

/// <summary>What is erased, and where the gateway erases it.</summary>
internal enum ErasureKind
{
    Visitor,
    Image,
    Event,
}

/// <summary>
/// Something erased here that the gateway must erase too. Written in the transaction of the erasure, sent by
/// <see cref="ErasureRelay"/>. Once done it stays as a tombstone for a while: an update that comes late must not
/// bring back what was erased.
/// </summary>
internal sealed class ErasureRequest
{
    public required ErasureKind Kind { get; init; }

    public required Guid TargetId { get; init; }

    public string? TraceParent { get; init; }

    public required DateTimeOffset RequestedAt { get; init; }

    public required bool Pending { get; init; }

    public DateTimeOffset? LeasedUntil { get; init; }

    internal sealed class Configuration : IEntityTypeConfiguration<ErasureRequest>
    {
        public void Configure(EntityTypeBuilder<ErasureRequest> builder)
        {
            builder.ToTable("erasures");
            builder.HasKey(row => new { row.TargetId, row.Kind });
            builder.Property(row => row.Kind).HasConversion<string>().HasMaxLength(16);
            builder.Property(row => row.TraceParent).HasMaxLength(64);
            builder.HasIndex(row => row.RequestedAt).HasFilter("pending");
        }
    }
}
