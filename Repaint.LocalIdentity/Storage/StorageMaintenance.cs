using Microsoft.Extensions.Options;
using OpenIddict.Abstractions;

namespace Repaint.LocalIdentity.Storage;

/// <summary>Makes the database before the first request, and removes expired tokens now and then.</summary>
internal sealed class StorageMaintenance(IServiceScopeFactory scopes, IOptions<LocalIdentityOptions> options, TimeProvider time)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await using (var scope = scopes.CreateAsyncScope())
        {
            await scope.ServiceProvider.GetRequiredService<IdentityDbContext>().Database.EnsureCreatedAsync(cancellationToken);
        }

        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            await using var scope = scopes.CreateAsyncScope();
            // A token that has expired is refused anyway; kept a while so that its reuse is recognised.
            var threshold = time.GetUtcNow() - options.Value.SessionLifetime;
            await scope.ServiceProvider.GetRequiredService<IOpenIddictTokenManager>().PruneAsync(threshold, stoppingToken);
            await scope.ServiceProvider.GetRequiredService<IOpenIddictAuthorizationManager>().PruneAsync(threshold, stoppingToken);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
