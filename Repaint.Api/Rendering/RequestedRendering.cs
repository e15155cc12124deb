using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Repaint.Api.Images;
using Repaint.Api.Visitors;

namespace Repaint.Api.Rendering;

/// <summary>
/// What one visitor should see of one image. Written in the transaction of the change that asks for it, sent by
/// <see cref="RenderRequestRelay"/> afterwards; a newer request replaces an unsent one.
/// </summary>
internal sealed class RequestedRendering
{
    public required Guid VisitorId { get; init; }

    public required Guid ImageId { get; init; }

    /// <summary>The visitor's version that asked: rises with each request.</summary>
    public required long RequestNo { get; init; }

    /// <summary>Mask of the palettes to paint.</summary>
    public required int Palettes { get; init; }

    /// <summary>W3C traceparent of the change.</summary>
    public string? TraceParent { get; init; }

    public required DateTimeOffset RequestedAt { get; init; }

    /// <summary>
    /// Whether the gateway has yet to be told of <see cref="RequestNo"/>; false while the image has nothing to serve, and once
    /// the visitor has turned to another.
    /// </summary>
    public required bool Pending { get; init; }

    /// <summary>Until when one relay has the row to itself.</summary>
    public DateTimeOffset? LeasedUntil { get; init; }

    /// <summary>The newest request that the gateway answered, 0 before the first.</summary>
    public long AnsweredNo { get; init; }

    /// <summary>Whether that answer was that the painting cannot be made.</summary>
    public bool Failed { get; init; }

    internal sealed class Configuration : IEntityTypeConfiguration<RequestedRendering>
    {
        public void Configure(EntityTypeBuilder<RequestedRendering> builder)
        {
            builder.ToTable("requested_renderings");
            builder.HasKey(row => new { row.VisitorId, row.ImageId });
            builder.HasIndex(row => row.ImageId);
            builder.HasIndex(row => row.RequestedAt).HasFilter("pending");
            builder.HasIndex(row => new { row.VisitorId, row.ImageId, row.RequestedAt })
                .HasFilter("answered_no < request_no").HasDatabaseName("ix_requested_renderings_waiting");
            builder.Property(row => row.TraceParent).HasMaxLength(64);
            builder.HasOne<Visitor>().WithMany().HasForeignKey(row => row.VisitorId).OnDelete(DeleteBehavior.Cascade);
            builder.HasOne<Image>().WithMany().HasForeignKey(row => row.ImageId).OnDelete(DeleteBehavior.Cascade);
        }
    }
}
