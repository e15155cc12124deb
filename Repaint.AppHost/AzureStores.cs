using Aspire.Hosting.Azure;
using Azure.Provisioning.AppContainers;
using Azure.Provisioning.PostgreSql;
using Azure.Provisioning.ServiceBus;
using Azure.Provisioning.Storage;
using Repaint.Contracts;

namespace Repaint.AppHost;

/// <summary>PostgreSQL Flexible Server, Blob Storage and Service Bus; in run mode their containers.</summary>
internal sealed record AzureStores(
    IResourceBuilder<AzurePostgresFlexibleServerDatabaseResource> Repaint,
    IResourceBuilder<AzurePostgresFlexibleServerDatabaseResource> Gateway,
    IResourceBuilder<AzureBlobStorageResource> BlobStorage,
    IResourceBuilder<AzureStorageResource> Storage,
    IResourceBuilder<AzureServiceBusResource> Bus) : Stores(Repaint, Gateway, BlobStorage, Bus)
{
    public override AzureServiceBusResource ServiceBus => Bus.Resource;

    // Container Apps keep their ingress in 100.100.0.0/16, of a network that is nobody's outside.
    public override string ProxyNetwork => "100.64.0.0/10";

    public static AzureStores Add(IDistributedApplicationBuilder builder)
    {
        builder.AddAzureContainerAppEnvironment("env").ConfigureInfrastructure(EncryptInside);
        var postgres = builder.AddAzurePostgresFlexibleServer(DatabaseServer).ConfigureInfrastructure(TakeConnections).RunAsContainer();
        var storage = builder.AddAzureStorage("storage").RunAsEmulator();
        var blobs = storage.AddBlobs(ResourceNames.Blobs);
        storage.AddBlobContainer(ResourceNames.ImagesContainer);
        var messaging = builder.AddAzureServiceBus(ResourceNames.Messaging).RunAsEmulator();
        foreach (var name in QueueNames.All)
        {
            messaging.AddServiceBusQueue(name).WithProperties(queue =>
            {
                queue.MaxDeliveryCount = 5;
                queue.LockDuration = TimeSpan.FromSeconds(30);
                queue.RequiresDuplicateDetection = true;
                queue.DuplicateDetectionHistoryTimeWindow = TimeSpan.FromMinutes(5);
                queue.DeadLetteringOnMessageExpiration = true;
            });
        }

        return new AzureStores(
            postgres.AddDatabase(ResourceNames.RepaintDatabase), postgres.AddDatabase(ResourceNames.GatewayDatabase),
            blobs, storage, messaging);
    }

    public override void Connect(IResourceBuilder<ProjectResource> project, Access access)
    {
        base.Connect(project, access);
        // Instead of Aspire's defaults, which allow the owner's rights on the namespace and also queues and tables.
        if (access.HasFlag(Access.Blobs))
        {
            project.WithRoleAssignments(Storage, StorageBuiltInRole.StorageBlobDataContributor);
        }

        var roles = BusRoles(access).ToArray();
        if (roles.Length > 0)
        {
            project.WithRoleAssignments(Bus, roles);
        }
    }

    // What goes to the internal listeners is HTTP; the environment wraps it. Azure's library calls this just "is enabled".
    private static void EncryptInside(AzureResourceInfrastructure infrastructure) =>
        infrastructure.GetProvisionableResources().OfType<ContainerAppManagedEnvironment>().Single().IsEnabled = true;

    // Aspire's own choice takes 35 connections in all, fewer than one service may pool; this one 844, as much as eight full pools.
    private static void TakeConnections(AzureResourceInfrastructure infrastructure) =>
        infrastructure.GetProvisionableResources().OfType<PostgreSqlFlexibleServer>().Single().Sku = new PostgreSqlFlexibleServerSku
        {
            Name = "Standard_B2ms",
            Tier = PostgreSqlFlexibleServerSkuTier.Burstable,
        };

    private static IEnumerable<ServiceBusBuiltInRole> BusRoles(Access access)
    {
        if (access.HasFlag(Access.Send))
        {
            yield return ServiceBusBuiltInRole.AzureServiceBusDataSender;
        }

        if (access.HasFlag(Access.Receive))
        {
            yield return ServiceBusBuiltInRole.AzureServiceBusDataReceiver;
        }
    }
}
