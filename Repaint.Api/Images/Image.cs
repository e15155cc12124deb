using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Repaint.Api.Events;
using Repaint.Api.Members;
using Repaint.Api.Visitors;
using Repaint.Contracts;
using Repaint.Contracts.Http;

namespace Repaint.Api.Images;

/// <summary>What the API knows of an image: a projection of what the gateway tells, never decided here.</summary>
internal sealed class Image
{
    public required Guid Id { get; init; }

    public required Guid EventId { get; init; }

    /// <summary>Whose photograph; null for an event's image, which is open to all its visitors.</summary>
    public Guid? VisitorId { get; init; }

    /// <summary>Version of the newest update applied; 0 before the first.</summary>
    public long Version { get; init; }

    public int Revision { get; init; }

    /// <summary>The newest revision that was clustered: the one that is served; null until there is one.</summary>
    public int? ServingRevision { get; init; }

    public ImageState State { get; init; }

    public int Attempt { get; init; }

    public string? Reason { get; init; }

    public string? TraceId { get; init; }

    /// <summary>Span of the upload in that trace, which other traces link to.</summary>
    public string? SpanId { get; init; }

    /// <summary>Palettes of the serving revision.</summary>
    public IReadOnlyList<Palette>? Palettes { get; init; }

    /// <summary>SHA-256 of an event's image, by which a second upload of it is recognised. The gateway compares photographs.</summary>
    public string? Sha256 { get; init; }

    /// <summary>Subject of the member of staff who sent the newest revision.</summary>
    public string? SentBy { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>When the newest revision was sent.</summary>
    public DateTimeOffset? SentAt { get; init; }

    /// <summary>When the visitor could first see a picture made of it; before <see cref="SentAt"/> until that is of what was sent last.</summary>
    public DateTimeOffset? PaintedAt { get; init; }

    /// <summary>
    /// The transaction that changed the row last, set by a trigger. Unlike a sequence or a clock it tells readers what
    /// they may have missed, because the database knows which transactions had not ended when they looked.
    /// </summary>
    public ulong ChangedIn { get; init; }

    internal sealed class Configuration : IEntityTypeConfiguration<Image>
    {
        public void Configure(EntityTypeBuilder<Image> builder)
        {
            builder.ToTable("images");
            builder.Property(row => row.State).HasConversion<StoredImageState>().HasMaxLength(16);
            builder.Property(row => row.Reason).HasMaxLength(32);
            builder.Property(row => row.TraceId).HasMaxLength(32);
            builder.Property(row => row.SpanId).HasMaxLength(16);
            builder.Property(row => row.Sha256).HasMaxLength(64);
            builder.Property(row => row.SentBy).HasMaxLength(EventMember.MaxSubjectLength);
            builder.Property(row => row.Palettes).HasColumnType("jsonb").HasConversion<StoredPalettes, StoredPalettes.Comparer>();
            builder.HasIndex(row => new { row.EventId, row.CreatedAt, row.Id });
            builder.HasIndex(row => new { row.EventId, row.State, row.CreatedAt, row.Id });
            builder.HasIndex(row => new { row.EventId, row.SentBy, row.CreatedAt, row.Id });
            builder.HasIndex(row => new { row.EventId, row.ChangedIn });
            builder.HasIndex(row => row.TraceId);
            builder.Property(row => row.ChangedIn).HasColumnType("xid8").ValueGeneratedOnAddOrUpdate().HasDefaultValueSql("pg_current_xact_id()");
            builder.HasIndex(row => row.VisitorId).IsUnique();
            builder.HasIndex(row => new { row.EventId, row.CreatedAt })
                .HasFilter("visitor_id IS NULL").HasDatabaseName("ix_images_default");
            builder.HasIndex(row => new { row.EventId, row.Sha256 })
                .IsUnique().HasFilter("visitor_id IS NULL AND sha256 IS NOT NULL");
            builder.HasOne<Event>().WithMany().HasForeignKey(row => row.EventId).OnDelete(DeleteBehavior.Cascade);
            builder.HasOne<Visitor>().WithMany().HasForeignKey(row => row.VisitorId).OnDelete(DeleteBehavior.Cascade);
        }
    }
}
