using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Repaint.Contracts;
using Repaint.ImageGateway.Images;

namespace Repaint.ImageGateway.Renderings;

/// <summary>The painting of one set of palettes into one revision: made once, shared by everyone with that set.</summary>
internal sealed class Rendering
{
    public required Guid ImageId { get; init; }

    public required int Revision { get; init; }

    public required PaletteSet PaletteSet { get; init; }

    public required RenderingSize Size { get; init; }

    public required RenderingState State { get; set; }

    public int Attempt { get; set; } = 1;

    public string? Reason { get; set; }

    /// <summary>W3C trace id of the request that started it.</summary>
    public string? TraceId { get; init; }

    public required DateTimeOffset QueuedAt { get; set; }

    public DateTimeOffset? GeneratingAt { get; set; }

    public DateTimeOffset? ReadyAt { get; set; }

    public DateTimeOffset? FailedAt { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<Rendering>
    {
        public void Configure(EntityTypeBuilder<Rendering> builder)
        {
            builder.ToTable("renderings");
            builder.HasKey(rendering => new { rendering.ImageId, rendering.Revision, rendering.PaletteSet, rendering.Size });
            builder.HasOne<ImageRevision>().WithMany()
                .HasForeignKey(rendering => new { rendering.ImageId, rendering.Revision }).OnDelete(DeleteBehavior.Cascade);
            builder.Property(rendering => rendering.PaletteSet).HasConversion(PaletteSetColumn.Converter);
            builder.Property(rendering => rendering.Size).HasConversion<string>().HasMaxLength(8);
            builder.Property(rendering => rendering.State).HasConversion<string>().HasMaxLength(16);
            builder.Property(rendering => rendering.Reason).HasMaxLength(64);
            builder.Property(rendering => rendering.TraceId).HasMaxLength(32);
            builder.HasIndex(rendering => rendering.State).HasFilter("state <> 'Ready'");
        }
    }
}
