using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Repaint.Api.Visitors;

namespace Repaint.Api.Picks;

/// <summary>A palette won, with the answer given, which the same pick id gets again.</summary>
internal sealed class Pick
{
    public required Guid VisitorId { get; init; }

    /// <summary>Made by the client.</summary>
    public required Guid PickId { get; init; }

    /// <summary>No foreign key: what was won at a spot outlives the spot.</summary>
    public required Guid SpotId { get; init; }

    public required int PaletteId { get; init; }

    public required int Held { get; init; }

    public required int Total { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>When the spot gives again, by the event's settings of then.</summary>
    public required DateTimeOffset CooldownEndsAt { get; init; }

    /// <summary>The image selected then. No foreign key: an image can go.</summary>
    public Guid? ImageId { get; init; }

    internal sealed class Configuration : IEntityTypeConfiguration<Pick>
    {
        public void Configure(EntityTypeBuilder<Pick> builder)
        {
            builder.ToTable("picks");
            builder.HasKey(row => new { row.VisitorId, row.PickId });
            builder.HasIndex(row => new { row.SpotId, row.At });
            builder.HasOne<Visitor>().WithMany().HasForeignKey(row => row.VisitorId).OnDelete(DeleteBehavior.Cascade);
        }
    }
}
