using Microsoft.EntityFrameworkCore.Design;
using Repaint.Api.Persistence;
using Repaint.ServiceDefaults.Postgres;

namespace Repaint.Migrations.Api;

/// <summary>For <c>dotnet ef migrations add</c>, which compares models and connects to nothing.</summary>
internal sealed class RepaintDesignTimeFactory : IDesignTimeDbContextFactory<RepaintDbContext>
{
    public RepaintDbContext CreateDbContext(string[] args) =>
        new(MigrationExtensions.Options<RepaintDbContext>(PostgresExtensions.CreateDataSource("Host=localhost;Password=unused")));
}
