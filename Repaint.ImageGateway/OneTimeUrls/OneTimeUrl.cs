using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Repaint.Contracts;
using Repaint.ImageGateway.Renderings;

namespace Repaint.ImageGateway.OneTimeUrls;

/// <summary>
/// A link that serves one image to one person, once. It names a logical image; what it shows is looked up when it is used.
/// The table is UNLOGGED: after a crash of the database server it is empty, and empty means refused.
/// </summary>
internal sealed class OneTimeUrl
{
    /// <summary>SHA-256 of the token; the token itself is kept nowhere.</summary>
    public required byte[] TokenHash { get; init; }

    public required Guid ImageId { get; init; }

    /// <summary>The visitor whose painting it shows; null for staff.</summary>
    public Guid? VisitorId { get; init; }

    public required Rendition Rendition { get; init; }

    /// <summary>The painting it shows; null for the one that is current for the visitor when it is used.</summary>
    public PaletteSet? PaletteSet { get; init; }

    public Disposition Disposition { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    public DateTimeOffset? RevokedAt { get; set; }

    /// <summary>When its delivery began; null while unused.</summary>
    public DateTimeOffset? RedeemedAt { get; set; }

    /// <summary>Until when the delivery may go on; null while unused.</summary>
    public DateTimeOffset? LeaseUntil { get; set; }

    /// <summary>The response that is sending now; null while none is.</summary>
    public Guid? StreamId { get; set; }

    /// <summary>When that response last got on; one that has not for long no longer counts as sending.</summary>
    public DateTimeOffset? StreamSeenAt { get; set; }

    /// <summary>When the last byte went out.</summary>
    public DateTimeOffset? CompletedAt { get; set; }

    /// <summary>The revision being delivered: a resumed download goes on with the bytes it began with.</summary>
    public int? ServedRevision { get; set; }

    /// <summary>The painting being delivered.</summary>
    public PaletteSet? ServedSet { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<OneTimeUrl>
    {
        public void Configure(EntityTypeBuilder<OneTimeUrl> builder)
        {
            // Every link is updated twice. With room beside it, in no other page and without touching an index.
            builder.ToTable("one_time_urls").HasStorageParameter("fillfactor", 50);
            builder.HasKey(url => url.TokenHash);
            builder.Property(url => url.TokenHash).HasMaxLength(32);
            builder.Property(url => url.Rendition).HasConversion<string>().HasMaxLength(16);
            builder.Property(url => url.Disposition).HasConversion<string>().HasMaxLength(16);
            builder.Property(url => url.PaletteSet).HasConversion(PaletteSetColumn.Converter);
            builder.Property(url => url.ServedSet).HasConversion(PaletteSetColumn.Converter);
            builder.HasIndex(url => url.ImageId);
            builder.HasIndex(url => url.VisitorId).HasFilter("visitor_id IS NOT NULL");
            builder.HasIndex(url => url.ExpiresAt);
        }
    }
}
