using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Repaint.Api.Events;

/// <summary>
/// How often each palette has been won. One row for an event, so that one row lock orders its grants:
/// PostgreSQL re-evaluates an update on the newest version of the row it waited for, and only of that row.
/// </summary>
internal sealed class EventPalettes
{
    public required Guid EventId { get; init; }

    /// <summary>Index = palette id.</summary>
    public required int[] Counts { get; init; }

    /// <summary>The palette of the newest grant: how the granting statement tells what it granted.</summary>
    public int? LastGranted { get; init; }

    /// <summary>Whether the number of palettes is fixed, because an upload has begun or a palette has been won.</summary>
    public bool Frozen { get; init; }

    internal sealed class Configuration : IEntityTypeConfiguration<EventPalettes>
    {
        public void Configure(EntityTypeBuilder<EventPalettes> builder)
        {
            builder.ToTable("event_palettes");
            builder.HasKey(row => row.EventId);
            builder.HasOne<Event>().WithOne().HasForeignKey<EventPalettes>(row => row.EventId).OnDelete(DeleteBehavior.Cascade);
            // Every pick updates the row: room on its page keeps the updates off the index.
            builder.HasStorageParameter("fillfactor", 50);
        }
    }
}
