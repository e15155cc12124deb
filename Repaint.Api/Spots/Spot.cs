using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Repaint.Api.Events;

namespace Repaint.Api.Spots;

/// <summary>A place in the event whose code gives palettes.</summary>
internal sealed class Spot
{
    public const int MaxNameLength = 32;

    public required Guid Id { get; init; }

    public required Guid EventId { get; init; }

    public required string Name { get; set; }

    /// <summary>How long a code shown on a screen lasts; null for a spot with a printed code. A spot has one kind of code only.</summary>
    public int? RotationSeconds { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The code at a time, signed with a key of the event.</summary>
    public string CodeAt(DateTimeOffset now, SpotKey key) => SpotCode.Sign(key, Id, StepAt(now));

    /// <summary>When the code of that time is replaced by the next; null for a printed one.</summary>
    public DateTimeOffset? CodeChangesAt(DateTimeOffset now) =>
        StepAt(now) is { } step ? DateTimeOffset.FromUnixTimeSeconds((step + 1L) * RotationSeconds!.Value) : null;

    /// <summary>
    /// Whether a code of that step may be used now: this one, the one before (somebody is still typing, or on a slow
    /// network), and the one after (the clocks of two instances differ).
    /// </summary>
    public bool Takes(uint? codeStep, DateTimeOffset now) => (codeStep, StepAt(now)) switch
    {
        (null, null) => true,
        ({ } shown, { } current) => Math.Abs((long)current - shown) <= 1,
        _ => false,
    };

    private uint? StepAt(DateTimeOffset now) => RotationSeconds is { } seconds ? (uint)(now.ToUnixTimeSeconds() / seconds) : null;

    internal sealed class Configuration : IEntityTypeConfiguration<Spot>
    {
        public void Configure(EntityTypeBuilder<Spot> builder)
        {
            builder.ToTable("spots");
            builder.Property(row => row.Name).HasMaxLength(MaxNameLength);
            builder.HasIndex(row => new { row.EventId, row.CreatedAt });
            builder.HasOne<Event>().WithMany().HasForeignKey(row => row.EventId).OnDelete(DeleteBehavior.Cascade);
        }
    }
}
