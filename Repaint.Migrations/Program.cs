using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Repaint.Contracts;
using Repaint.ImageGateway;
using Repaint.Migrations;
using Repaint.ServiceDefaults;

var builder = Host.CreateApplicationBuilder(args);
builder.AddServiceDefaults();
builder.AddMigrations()
    .Migrate<GatewayDbContext>(ResourceNames.GatewayDatabase)
    .CreateImagesContainer();

using var host = builder.Build();
await host.Services.GetRequiredService<MigrationRun>().RunAsync();
