using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Repaint.ImageGateway.Images;

/// <summary>A logical image. Its photograph can be taken again: each take is a <see cref="ImageRevision"/>.</summary>
internal sealed class Image
{
    public required Guid Id { get; init; }

    public required Guid EventId { get; init; }

    /// <summary>Whose photograph; null for an event's image.</summary>
    public Guid? VisitorId { get; init; }

    /// <summary>Rises with every change; orders the messages about this image.</summary>
    public long Version { get; set; }

    /// <summary>Highest revision number given out. Numbers are never given twice, because blob names hold them.</summary>
    public int LastRevision { get; set; }

    /// <summary>The clustered revision that links serve; null until there is one.</summary>
    public int? ServingRevision { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }

    internal sealed class Configuration : IEntityTypeConfiguration<Image>
    {
        public void Configure(EntityTypeBuilder<Image> builder)
        {
            builder.ToTable("images");
            builder.HasKey(image => image.Id);
            builder.Property(image => image.Id).ValueGeneratedNever();
            builder.HasIndex(image => image.EventId);
            builder.HasIndex(image => image.VisitorId).HasFilter("visitor_id IS NOT NULL");
        }
    }
}
