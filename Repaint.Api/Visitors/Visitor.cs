using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Repaint.Api.Events;
using Repaint.Api.Images;
using Repaint.Contracts;

namespace Repaint.Api.Visitors;

internal sealed class Visitor
{
    public required Guid Id { get; init; }

    public required Guid EventId { get; init; }

    /// <summary>SHA-256 of the bearer token.</summary>
    public required byte[] TokenHash { get; init; }

    /// <summary>SHA-256 of the recovery code.</summary>
    public required byte[] RecoveryHash { get; init; }

    /// <summary>Mask of the palettes held; see <see cref="PaletteSet"/>.</summary>
    public int Palettes { get; init; }

    public Guid? SelectedImageId { get; init; }

    /// <summary>
    /// The id the visitor's photograph has, or will have: known before the first upload, so that two uploads at once
    /// are two revisions of one image and never two images.
    /// </summary>
    public required Guid PhotoImageId { get; init; }

    public DateTimeOffset? PhotographedAt { get; init; }

    /// <summary>Rises with every change a visitor can see; the ETag, and the number of render requests.</summary>
    public required long Version { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The spot of the newest pick. No foreign key: erasing a spot must not shorten its cooldown.</summary>
    public Guid? LastPickSpotId { get; init; }

    public DateTimeOffset? LastPickAt { get; init; }

    /// <summary>What <see cref="VisitorShortCode"/> reads, kept by the database: staff type it while a visitor waits.</summary>
    public string ShortCode { get; private init; } = null!;

    public PaletteSet PaletteSet => new((ushort)Palettes);

    internal sealed class Configuration : IEntityTypeConfiguration<Visitor>
    {
        public void Configure(EntityTypeBuilder<Visitor> builder)
        {
            builder.ToTable("visitors");
            builder.Ignore(row => row.PaletteSet);
            builder.Property(row => row.TokenHash).HasMaxLength(32);
            builder.Property(row => row.RecoveryHash).HasMaxLength(32);
            builder.HasIndex(row => row.TokenHash).IsUnique();
            builder.HasIndex(row => row.RecoveryHash).IsUnique();
            builder.HasIndex(row => row.PhotoImageId).IsUnique();
            builder.HasIndex(row => row.SelectedImageId);
            builder.Property(row => row.ShortCode).HasMaxLength(8).HasComputedColumnSql("right(id::text, 8)", stored: true);
            builder.HasIndex(row => new { row.EventId, row.ShortCode });
            builder.HasOne<Event>().WithMany().HasForeignKey(row => row.EventId).OnDelete(DeleteBehavior.Cascade);
            builder.HasOne<Image>().WithMany().HasForeignKey(row => row.SelectedImageId).OnDelete(DeleteBehavior.SetNull);
        }
    }
}
