using Microsoft.EntityFrameworkCore;
using Repaint.ImageGateway.Erasure;
using Repaint.ImageGateway.Images;
using Repaint.ImageGateway.OneTimeUrls;
using Repaint.ImageGateway.Renderings;
using Repaint.Messaging.Outbox;

namespace Repaint.ImageGateway;

internal sealed class GatewayDbContext(DbContextOptions<GatewayDbContext> options) : DbContext(options)
{
    public DbSet<Image> Images => Set<Image>();

    public DbSet<ImageRevision> Revisions => Set<ImageRevision>();

    public DbSet<Rendering> Renderings => Set<Rendering>();

    public DbSet<VisitorPicture> VisitorPictures => Set<VisitorPicture>();

    public DbSet<OneTimeUrl> OneTimeUrls => Set<OneTimeUrl>();

    public DbSet<PendingErasure> Erasures => Set<PendingErasure>();

    /// <summary>
    /// Runs <paramref name="work"/> in a transaction, again from the start when the database hiccups. Commits with everything
    /// the change tracker holds when it returns true; undoes it all when it returns false.
    /// </summary>
    public Task<bool> InTransactionAsync(Func<CancellationToken, Task<bool>> work, CancellationToken cancellation) =>
        Database.CreateExecutionStrategy().ExecuteAsync(async token =>
        {
            ChangeTracker.Clear();
            await using var transaction = await Database.BeginTransactionAsync(token);
            if (!await work(token))
            {
                ChangeTracker.Clear();
                return false;
            }

            await SaveChangesAsync(token);
            await transaction.CommitAsync(token);
            return true;
        }, cancellation);

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(GatewayDbContext).Assembly);
        modelBuilder.AddOutbox();
    }
}
