using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Repaint.Contracts;
using Repaint.Contracts.Messages;

namespace Repaint.ImageGateway.Images;

/// <summary>One take of an image, from its upload to its palettes.</summary>
internal sealed class ImageRevision
{
    public required Guid ImageId { get; init; }

    public required int Revision { get; init; }

    public required ImageState State { get; set; }

    /// <summary>1 at first, one more for every retry. Results of an earlier attempt change nothing.</summary>
    public int Attempt { get; set; } = 1;

    /// <summary>One of <see cref="FailureReasons"/> when failed.</summary>
    public string? Reason { get; set; }

    /// <summary>W3C trace id of the upload.</summary>
    public string? TraceId { get; init; }

    /// <summary>W3C span id of the upload, which other traces link to.</summary>
    public string? SpanId { get; init; }

    /// <summary>SHA-256 of the upload; null until its bytes are safe.</summary>
    public byte[]? Sha256 { get; set; }

    /// <summary>Bytes of the upload; null until they are safe.</summary>
    public long? Length { get; set; }

    public required int PaletteCount { get; init; }

    public int? Width { get; set; }

    public int? Height { get; set; }

    /// <summary>Null until clustered.</summary>
    public IReadOnlyList<PaletteDescription>? Palettes { get; set; }

    public required DateTimeOffset ReceivedAt { get; init; }

    public DateTimeOffset? StoredAt { get; set; }

    public DateTimeOffset? QueuedAt { get; set; }

    public DateTimeOffset? ClusteringAt { get; set; }

    public DateTimeOffset? ClusteredAt { get; set; }

    public DateTimeOffset? FailedAt { get; set; }

    /// <summary>When the links of its visitor first showed a picture of it; null until then, and for an event's image.</summary>
    public DateTimeOffset? PaintedAt { get; set; }

    /// <summary>When it entered its state.</summary>
    public DateTimeOffset EnteredAt => (State switch
    {
        ImageState.Stored => StoredAt,
        ImageState.Queued => QueuedAt,
        ImageState.Clustering => ClusteringAt,
        ImageState.Clustered => ClusteredAt,
        ImageState.Failed => FailedAt,
        _ => null,
    }) ?? ReceivedAt;

    internal sealed class Configuration : IEntityTypeConfiguration<ImageRevision>
    {
        public void Configure(EntityTypeBuilder<ImageRevision> builder)
        {
            builder.ToTable("image_revisions");
            builder.HasKey(revision => new { revision.ImageId, revision.Revision });
            builder.HasOne<Image>().WithMany().HasForeignKey(revision => revision.ImageId).OnDelete(DeleteBehavior.Cascade);
            builder.Property(revision => revision.State).HasConversion<string>().HasMaxLength(16);
            builder.Property(revision => revision.Reason).HasMaxLength(64);
            builder.Property(revision => revision.TraceId).HasMaxLength(32);
            builder.Property(revision => revision.SpanId).HasMaxLength(16);
            builder.Property(revision => revision.Sha256).HasMaxLength(32);
            builder.Property(revision => revision.Palettes).HasColumnType("jsonb").HasConversion(
                palettes => JsonSerializer.Serialize(palettes, ContractsJson.Options),
                json => JsonSerializer.Deserialize<IReadOnlyList<PaletteDescription>>(json, ContractsJson.Options)!,
                new ValueComparer<IReadOnlyList<PaletteDescription>>(
                    (left, right) => left == right || (left != null && right != null && left.SequenceEqual(right)),
                    palettes => palettes.Count,
                    palettes => palettes));
            builder.Ignore(revision => revision.EnteredAt);
            builder.HasIndex(revision => revision.State).HasFilter("state <> 'Clustered'");
        }
    }
}
