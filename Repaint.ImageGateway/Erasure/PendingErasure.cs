using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Repaint.ImageGateway.Erasure;

internal enum ErasureKind
{
    Event,
    Visitor,
    Image,

    /// <summary>One revision: replaced by a retake, or an upload that was never finished.</summary>
    Revision,
}

/// <summary>
/// Something erased, or to be erased. Written in the transaction that removes the rows; its blobs go afterwards, and it is
/// repeated for a while, because an upload or a worker may have been at it: what they leave is found and erased too.
/// </summary>
internal sealed class PendingErasure
{
    public required ErasureKind Kind { get; init; }

    /// <summary>Id of the event, the visitor or the image.</summary>
    public required Guid SubjectId { get; init; }

    /// <summary>The revision, or 0 for all.</summary>
    public int Revision { get; init; }

    /// <summary>Prefix of the blobs; null when it has none of its own.</summary>
    public string? Prefix { get; set; }

    public int Runs { get; set; }

    public required DateTimeOffset NextRunAt { get; set; }

    /// <summary>When it is forgotten.</summary>
    public required DateTimeOffset Until { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<PendingErasure>
    {
        public void Configure(EntityTypeBuilder<PendingErasure> builder)
        {
            builder.ToTable("erasures");
            builder.HasKey(erasure => new { erasure.SubjectId, erasure.Kind, erasure.Revision });
            builder.Property(erasure => erasure.Kind).HasConversion<string>().HasMaxLength(16);
            builder.Property(erasure => erasure.Prefix).HasMaxLength(128);
            builder.HasIndex(erasure => erasure.NextRunAt);
        }
    }
}
