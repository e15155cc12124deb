using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Repaint.Api.Events;

internal sealed class Event
{
    public const int MaxNameLength = 32;

    public required Guid Id { get; init; }

    public required string Name { get; set; }

    /// <summary>Copy of the length of <see cref="EventPalettes.Counts"/>, which decides; the two change in one transaction.</summary>
    public required int PaletteCount { get; set; }

    public required int CooldownSeconds { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }

    internal sealed class Configuration : IEntityTypeConfiguration<Event>
    {
        public void Configure(EntityTypeBuilder<Event> builder)
        {
            builder.ToTable("events");
            builder.Property(row => row.Name).HasMaxLength(MaxNameLength);
        }
    }
}
