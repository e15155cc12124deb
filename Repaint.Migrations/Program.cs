using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Repaint.Api.Persistence;
using Repaint.Contracts;
using Repaint.ImageGateway;
using Repaint.Migrations;
using Repaint.ServiceDefaults;

var builder = Host.CreateApplicationBuilder(args);
builder.AddServiceDefaults();
builder.AddMigrations()
    .Migrate<RepaintDbContext>(ResourceNames.RepaintDatabase)
    .Migrate<GatewayDbContext>(ResourceNames.GatewayDatabase)
    .CreateImagesContainer();

using var host = builder.Build();
await host.Services.GetRequiredService<MigrationRun>().RunAsync();
