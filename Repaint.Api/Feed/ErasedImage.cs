using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Repaint.Api.Events;

namespace Repaint.Api.Feed;

/// <summary>An image that is gone, for the feed: written by a trigger, so that no way of erasing can forget it; kept for a day.</summary>
internal sealed class ErasedImage
{
    /// <summary>How long a reader may stay away and go on where it was.</summary>
    public static readonly TimeSpan Remembered = TimeSpan.FromHours(12);

    public required Guid ImageId { get; init; }

    public required Guid EventId { get; init; }

    /// <summary>Transaction that erased it; see <see cref="Images.Image.ChangedIn"/>.</summary>
    public required ulong ChangedIn { get; init; }

    public required DateTimeOffset ErasedAt { get; init; }

    internal sealed class Configuration : IEntityTypeConfiguration<ErasedImage>
    {
        public void Configure(EntityTypeBuilder<ErasedImage> builder)
        {
            builder.ToTable("erased_images");
            builder.HasKey(row => row.ImageId);
            builder.Property(row => row.ChangedIn).HasColumnType("xid8");
            builder.HasIndex(row => new { row.EventId, row.ChangedIn });
            builder.HasIndex(row => row.ErasedAt);
            builder.HasOne<Event>().WithMany().HasForeignKey(row => row.EventId).OnDelete(DeleteBehavior.Cascade);
        }
    }
}
