using Azure.Storage.Blobs;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using Repaint.ServiceDefaults.Blobs;
using Repaint.ServiceDefaults.Postgres;

namespace Repaint.Migrations;

internal static class MigrationExtensions
{
    public static MigrationsBuilder AddMigrations(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<MigrationRun>();
        return new MigrationsBuilder(builder);
    }

    /// <summary>Options of a context whose migrations live in this project.</summary>
    public static DbContextOptions<TContext> Options<TContext>(NpgsqlDataSource dataSource)
        where TContext : DbContext
    {
        var options = new DbContextOptionsBuilder<TContext>();
        PostgresExtensions.Configure(options, dataSource);
        options.UseNpgsql(npgsql => npgsql.MigrationsAssembly(typeof(MigrationExtensions).Assembly.GetName().Name));
        return options.Options;
    }
}

/// <summary>Chooses what a run prepares.</summary>
internal sealed class MigrationsBuilder(IHostApplicationBuilder builder)
{
    /// <summary>Creates the database on connection string <paramref name="name"/> if need be, and applies its migrations.</summary>
    public MigrationsBuilder Migrate<TContext>(string name)
        where TContext : DbContext
    {
        builder.Services.AddSingleton(services => new MigrationStep($"database {name}", async cancellation =>
        {
            var connection = services.GetRequiredService<IConfiguration>().GetConnectionString(name)
                ?? throw new InvalidOperationException($"ConnectionStrings:{name} is not set.");
            await using var dataSource = PostgresExtensions.CreateDataSource(connection);
            await using var context = (TContext)Activator.CreateInstance(
                typeof(TContext), MigrationExtensions.Options<TContext>(dataSource))!;
            await context.Database.MigrateAsync(cancellation);
            await AzureAccess.GrantAsync(dataSource, cancellation);
        }));
        return this;
    }

    /// <summary>Creates the private container of images.</summary>
    public MigrationsBuilder CreateImagesContainer()
    {
        builder.AddImageBlobs();
        builder.Services.AddSingleton(services => new MigrationStep("container of images", cancellation =>
            services.GetRequiredService<BlobContainerClient>().CreateIfNotExistsAsync(cancellationToken: cancellation)));
        return this;
    }
}
