using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using Repaint.Api.Persistence;
using Repaint.Contracts;
using Repaint.ImageGateway;
using Repaint.Migrations;
using Repaint.ServiceDefaults;
using Repaint.ServiceDefaults.Blobs;
using Repaint.ServiceDefaults.Postgres;
using Repaint.Tests.Infrastructure;

namespace Repaint.Tests.Migrations;

public sealed class MigrationRunTests(PostgresFixture postgres, AzuriteFixture azurite)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_run_prepares_everything_and_a_second_one_changes_nothing()
    {
        // The server only: the run creates the database, too.
        var database = new NpgsqlConnectionStringBuilder(await postgres.CreateDatabaseAsync()) { Database = "not_there_yet" };
        for (var run = 0; run < 2; run++)
        {
            var builder = Host.CreateApplicationBuilder();
            builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
            {
                ["ConnectionStrings:gateway"] = database.ConnectionString,
                ["ConnectionStrings:blobs"] = await azurite.GetConnectionStringAsync(),
            });
            builder.AddServiceDefaults();
            builder.AddMigrations().Migrate<GatewayDbContext>(ResourceNames.GatewayDatabase).CreateImagesContainer();
            using var host = builder.Build();
            await host.Services.GetRequiredService<MigrationRun>().RunAsync(Cancellation);
        }

        await using var dataSource = PostgresExtensions.CreateDataSource(database.ConnectionString);
        await using var context = new GatewayDbContext(MigrationExtensions.Options<GatewayDbContext>(dataSource));
        Assert.Empty(await context.Database.GetPendingMigrationsAsync(Cancellation));
        Assert.Equal(0, await context.Images.CountAsync(Cancellation));
        var blobs = BlobExtensions.CreateService(await azurite.GetConnectionStringAsync());
        Assert.True(await blobs.GetBlobContainerClient(ResourceNames.ImagesContainer).ExistsAsync(Cancellation));
    }

    [Fact]
    public async Task In_Azure_what_one_identity_made_another_may_use()
    {
        var owner = new NpgsqlConnectionStringBuilder(await postgres.CreateDatabaseAsync());
        await using var dataSource = PostgresExtensions.CreateDataSource(owner.ConnectionString);
        await ExecuteAsync(
            $"CREATE ROLE {AzureAccess.Administrators}; CREATE ROLE another_identity LOGIN PASSWORD 'x' IN ROLE {AzureAccess.Administrators}");
        try
        {
            await using var context = new GatewayDbContext(MigrationExtensions.Options<GatewayDbContext>(dataSource));
            await context.Database.MigrateAsync(Cancellation);
            await AzureAccess.GrantAsync(dataSource, Cancellation);

            await using var other = PostgresExtensions.CreateDataSource(
                new NpgsqlConnectionStringBuilder(owner.ConnectionString) { Username = "another_identity", Password = "x" }.ConnectionString);
            await using var otherContext = new GatewayDbContext(MigrationExtensions.Options<GatewayDbContext>(other));
            Assert.Equal(0, await otherContext.Images.ExecuteDeleteAsync(Cancellation));
            Assert.Equal(0, await otherContext.OneTimeUrls.CountAsync(Cancellation));
        }
        finally
        {
            // Other databases of this cluster may have granted something to it meanwhile; the cluster goes with the tests.
            await ExecuteAsync($"DROP OWNED BY {AzureAccess.Administrators}; DROP ROLE another_identity");
        }

        async Task ExecuteAsync(string sql)
        {
            await using var command = dataSource.CreateCommand(sql);
            await command.ExecuteNonQueryAsync(Cancellation);
        }
    }

    [Fact]
    public async Task Migrations_lead_to_the_models_as_they_are()
    {
        await using var dataSource = PostgresExtensions.CreateDataSource("Host=localhost;Password=unused");
        await using var gateway = new GatewayDbContext(MigrationExtensions.Options<GatewayDbContext>(dataSource));
        await using var repaint = new RepaintDbContext(MigrationExtensions.Options<RepaintDbContext>(dataSource));

        Assert.False(gateway.Database.HasPendingModelChanges());
        Assert.False(repaint.Database.HasPendingModelChanges());
    }

    [Fact]
    public async Task A_run_waits_for_servers_that_are_still_starting()
    {
        var tries = 0;
        var run = new MigrationRun(
            [new MigrationStep("slow server", _ => ++tries < 3 ? throw new NpgsqlException("starting") : Task.CompletedTask)],
            new ImpatientTime(), Microsoft.Extensions.Logging.Abstractions.NullLogger<MigrationRun>.Instance);
        await run.RunAsync(Cancellation);

        Assert.Equal(3, tries);
    }

    [Fact]
    public async Task A_run_does_not_hide_an_error()
    {
        var run = new MigrationRun(
            [new MigrationStep("broken", _ => throw new InvalidOperationException("broken"))],
            new ImpatientTime(), Microsoft.Extensions.Logging.Abstractions.NullLogger<MigrationRun>.Instance);

        await Assert.ThrowsAsync<InvalidOperationException>(() => run.RunAsync(Cancellation));
    }

    /// <summary>Every wait is over at once.</summary>
    private sealed class ImpatientTime : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, dueTime > TimeSpan.Zero ? TimeSpan.Zero : dueTime, period);
    }
}
