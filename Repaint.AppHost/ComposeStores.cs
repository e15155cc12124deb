using Aspire.Hosting.Docker.Resources.ServiceNodes;
using Repaint.Contracts;

namespace Repaint.AppHost;

/// <summary>One server with Docker Compose: PostgreSQL and Azurite from their images, and our own stand-in for Service Bus.</summary>
internal sealed record ComposeStores(
    IResourceBuilder<PostgresDatabaseResource> Repaint,
    IResourceBuilder<PostgresDatabaseResource> Gateway,
    IResourceBuilder<ConnectionStringResource> BlobStorage,
    IResourceBuilder<ConnectionStringResource> Bus) : Stores(Repaint, Gateway, BlobStorage, Bus)
{
    public static ComposeStores Add(IDistributedApplicationBuilder builder)
    {
        builder.AddDockerComposeEnvironment("compose");
        var postgres = builder.AddPostgres(DatabaseServer).WithDataVolume("repaint-postgres");

        var accountKey = builder.AddSecret("blob-account-key", length: 88);
        var azurite = builder.AddContainer("azurite", "mcr.microsoft.com/azure-storage/azurite", "3.37.0")
            .WithEnvironment("AZURITE_ACCOUNTS", ReferenceExpression.Create($"repaint:{accountKey}"))
            .WithArgs("azurite-blob", "--blobHost", "0.0.0.0", "--location", "/data", "--disableTelemetry")
            .WithVolume("repaint-blobs", "/data")
            .WithEndpoint(targetPort: 10000, scheme: "http", name: "blob");

        var busKey = builder.AddSecret("bus-key");
        var bus = builder.AddProject<Projects.Repaint_LocalBus>("local-bus")
            .WithHttpEndpoint()
            .WithEndpoint(targetPort: 5672, scheme: "tcp", name: "amqp")
            .WithEnvironment("LocalBus__Host", "0.0.0.0")
            .WithEnvironment("LocalBus__DataDirectory", "/data")
            .WithEnvironment("LocalBus__Key", busKey)
            .PublishAsDockerComposeService((_, service) => service.AddVolume(
                new Volume { Name = "repaint-bus", Type = "volume", Source = "repaint-bus", Target = "/data" }));

        return new ComposeStores(
            postgres.AddDatabase(ResourceNames.RepaintDatabase), postgres.AddDatabase(ResourceNames.GatewayDatabase),
            builder.AddConnectionString(ResourceNames.Blobs, ReferenceExpression.Create(
                $"DefaultEndpointsProtocol=http;AccountName=repaint;AccountKey={accountKey};BlobEndpoint={azurite.GetEndpoint("blob")}/repaint;")),
            builder.AddConnectionString(ResourceNames.Messaging, ReferenceExpression.Create(
                $"Endpoint=sb://{bus.GetEndpoint("amqp").Property(EndpointProperty.HostAndPort)};SharedAccessKeyName=RootManageSharedAccessKey;SharedAccessKey={busKey};UseDevelopmentEmulator=true")));
    }
}
