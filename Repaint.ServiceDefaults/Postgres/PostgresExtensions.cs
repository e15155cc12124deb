using Azure.Core;
using Azure.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace Repaint.ServiceDefaults.Postgres;

/// <summary>A PostgreSQL database through EF Core, with pooling, retries, tracing and a health check.</summary>
public static class PostgresExtensions
{
    /// <summary>
    /// Registers <typeparamref name="TContext"/> (pooled, with a factory) and its <see cref="NpgsqlDataSource"/>
    /// (keyed by <paramref name="name"/>) on connection string <paramref name="name"/>. Without a password in it,
    /// connections are authenticated by an Entra token.
    /// </summary>
    public static void AddPostgres<TContext>(this IHostApplicationBuilder builder, string name)
        where TContext : DbContext
    {
        builder.Services.AddKeyedSingleton(name, (services, _) =>
            CreateDataSource(services.GetRequiredService<IConfiguration>().GetConnectionString(name)
                ?? throw new InvalidOperationException($"ConnectionStrings:{name} is not set.")));
        builder.Services.AddPooledDbContextFactory<TContext>((services, options) =>
            Configure(options, services.GetRequiredKeyedService<NpgsqlDataSource>(name)));
        builder.Services.AddScoped(services => services.GetRequiredService<IDbContextFactory<TContext>>().CreateDbContext());
        builder.Services.AddHealthChecks().Add(new HealthCheckRegistration(
            $"postgres-{name}",
            services => new PostgresHealthCheck(services.GetRequiredKeyedService<NpgsqlDataSource>(name)),
            HealthStatus.Unhealthy, tags: null, timeout: TimeSpan.FromSeconds(5)));
    }

    /// <summary>The conventions of every database here: snake_case names, retries on transient errors.</summary>
    public static DbContextOptionsBuilder Configure(DbContextOptionsBuilder options, NpgsqlDataSource dataSource) => options
        .UseNpgsql(dataSource, npgsql => npgsql.EnableRetryOnFailure())
        .UseSnakeCaseNamingConvention();

    /// <summary>
    /// A data source for a connection string with a password; or without one, for Entra: then every new connection asks
    /// <paramref name="credential"/> (default: <see cref="DefaultAzureCredential"/>), which caches, for a token, and a user
    /// name that is missing, too, is taken from it.
    /// </summary>
    public static NpgsqlDataSource CreateDataSource(string connectionString, TokenCredential? credential = null)
    {
        var dataSource = new NpgsqlDataSourceBuilder(connectionString);
        if (string.IsNullOrEmpty(dataSource.ConnectionStringBuilder.Password))
        {
            EntraAuthentication.Use(dataSource, credential ?? new DefaultAzureCredential());
        }

        return dataSource.Build();
    }

    private sealed class PostgresHealthCheck(NpgsqlDataSource dataSource) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            try
            {
                await using var command = dataSource.CreateCommand("SELECT 1");
                await command.ExecuteScalarAsync(cancellationToken);
                return HealthCheckResult.Healthy();
            }
            catch (NpgsqlException exception)
            {
                return HealthCheckResult.Unhealthy("The database does not answer.", exception);
            }
        }
    }
}
