using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Repaint.Contracts.Http;

namespace Repaint.Api.Events;

internal sealed class Event
{
    public const int MaxNameLength = 32;

    /// <summary>What browsers and proxies take.</summary>
    public const int MaxSiteLength = 2083;

    public required Guid Id { get; init; }

    public required string Name { get; set; }

    /// <summary>Copy of the length of <see cref="EventPalettes.Counts"/>, which decides; the two change in one transaction.</summary>
    public required int PaletteCount { get; set; }

    public required int CooldownSeconds { get; set; }

    /// <summary>Whom visitors can ask.</summary>
    public EventContact? Contact { get; init; }

    public string? Site { get; init; }

    /// <summary>When the event erases itself; null when it is erased by hand.</summary>
    public DateTimeOffset? RetainUntil { get; init; }

    /// <summary>Whether the event's own images, never a visitor's, may be seen by anyone and kept by caches.</summary>
    public bool PublicImages { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>What visitors may know.</summary>
    public EventSummary Summary() => new(Id, Name, PaletteCount, Contact, Site, RetainUntil);

    internal sealed class Configuration : IEntityTypeConfiguration<Event>
    {
        public void Configure(EntityTypeBuilder<Event> builder)
        {
            builder.ToTable("events");
            builder.Property(row => row.Name).HasMaxLength(MaxNameLength);
            builder.Property(row => row.Contact).HasColumnType("jsonb").HasConversion<StoredContact>();
            builder.Property(row => row.Site).HasMaxLength(MaxSiteLength);
            builder.HasIndex(row => row.RetainUntil).HasFilter("retain_until IS NOT NULL");
        }
    }
}
