using Microsoft.EntityFrameworkCore.Design;
using Repaint.ImageGateway;
using Repaint.ServiceDefaults.Postgres;

namespace Repaint.Migrations.Gateway;

/// <summary>For <c>dotnet ef migrations add</c>, which compares models and connects to nothing.</summary>
internal sealed class GatewayDesignTimeFactory : IDesignTimeDbContextFactory<GatewayDbContext>
{
    public GatewayDbContext CreateDbContext(string[] args) =>
        new(MigrationExtensions.Options<GatewayDbContext>(PostgresExtensions.CreateDataSource("Host=localhost;Password=unused")));
}
