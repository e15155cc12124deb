using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Repaint.Contracts;
using Repaint.ImageGateway.Images;

namespace Repaint.ImageGateway.Renderings;

/// <summary>
/// What one visitor sees of one image, and what the visitor waits for. The visitor waits while
/// <see cref="CurrentRequestNo"/> is lower than <see cref="RequestNo"/>.
/// </summary>
internal sealed class VisitorPicture
{
    public required Guid VisitorId { get; init; }

    public required Guid ImageId { get; init; }

    /// <summary>The newest request; an older one changes nothing.</summary>
    public required long RequestNo { get; set; }

    public required PaletteSet RequestedSet { get; set; }

    public required DateTimeOffset RequestedAt { get; set; }

    /// <summary>The newest request that has been answered; 0 before the first.</summary>
    public long CurrentRequestNo { get; set; }

    /// <summary>The set whose painting links show; null before the first.</summary>
    public PaletteSet? CurrentSet { get; set; }

    public DateTimeOffset? CurrentAt { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<VisitorPicture>
    {
        public void Configure(EntityTypeBuilder<VisitorPicture> builder)
        {
            builder.ToTable("visitor_pictures");
            builder.HasKey(picture => new { picture.VisitorId, picture.ImageId });
            builder.HasOne<Image>().WithMany().HasForeignKey(picture => picture.ImageId).OnDelete(DeleteBehavior.Cascade);
            builder.Property(picture => picture.RequestedSet).HasConversion(PaletteSetColumn.Converter);
            builder.Property(picture => picture.CurrentSet).HasConversion(PaletteSetColumn.Converter);
            builder.HasIndex(picture => picture.ImageId);
            builder.HasIndex(picture => new { picture.ImageId, picture.RequestedSet }).HasFilter("current_request_no < request_no")
                .HasDatabaseName("ix_visitor_pictures_waiting");
        }
    }
}
