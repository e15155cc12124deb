using Microsoft.EntityFrameworkCore;
using Repaint.Api.Audit;
using Repaint.Api.Erasure;
using Repaint.Api.Events;
using Repaint.Api.Feed;
using Repaint.Api.Images;
using Repaint.Api.Invitations;
using Repaint.Api.Members;
using Repaint.Api.Picks;
using Repaint.Api.Rendering;
using Repaint.Api.Spots;
using Repaint.Api.Visitors;

namespace Repaint.Api.Persistence;

internal sealed class RepaintDbContext(DbContextOptions<RepaintDbContext> options) : DbContext(options)
{
    public DbSet<Event> Events => Set<Event>();

    public DbSet<EventPalettes> EventPalettes => Set<EventPalettes>();

    public DbSet<EventMember> Members => Set<EventMember>();

    public DbSet<Invitation> Invitations => Set<Invitation>();

    public DbSet<Visitor> Visitors => Set<Visitor>();

    public DbSet<Image> Images => Set<Image>();

    public DbSet<ErasedImage> ErasedImages => Set<ErasedImage>();

    public DbSet<Spot> Spots => Set<Spot>();

    public DbSet<SpotKey> SpotKeys => Set<SpotKey>();

    public DbSet<Pick> Picks => Set<Pick>();

    public DbSet<RequestedRendering> RequestedRenderings => Set<RequestedRendering>();

    public DbSet<ErasureRequest> Erasures => Set<ErasureRequest>();

    public DbSet<PhotoAccess> PhotoAccesses => Set<PhotoAccess>();

    protected override void OnModelCreating(ModelBuilder modelBuilder) =>
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(RepaintDbContext).Assembly);
}
