using Aspire.Hosting.Docker.Resources.ComposeNodes;
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
    // The one folder of .NET's images that belongs to the user they run as; a new volume takes that over.
    private const string Home = "/home/app";

    private const int DashboardPort = 5084;

    private readonly Dictionary<string, IResourceBuilder<ParameterResource>> _origins = [];

    // What comes from the server itself comes by the bridge, whose addresses Docker takes from here.
    public override string ProxyNetwork => "172.16.0.0/12";

    public static ComposeStores Add(IDistributedApplicationBuilder builder)
    {
        builder.AddDockerComposeEnvironment("compose").WithDashboard(dashboard => dashboard.WithHostPort(DashboardPort)
            .PublishAsDockerComposeService((_, service) => KeepOnLoopback(service)));
        var postgres = builder.AddPostgres(DatabaseServer).WithDataVolume("repaint-postgres")
            .PublishAsDockerComposeService((_, service) => service.Restart = "unless-stopped");

        var accountKey = builder.AddSecret("blob-account-key", length: 88);
        var azurite = builder.AddContainer("azurite", "mcr.microsoft.com/azure-storage/azurite", "3.37.0")
            .WithEnvironment("AZURITE_ACCOUNTS", ReferenceExpression.Create($"repaint:{accountKey}"))
            .WithArgs("azurite-blob", "--blobHost", "0.0.0.0", "--location", "/data", "--disableTelemetry")
            .WithVolume("repaint-blobs", "/data")
            .WithEndpoint(targetPort: 10000, scheme: "http", name: "blob")
            .PublishAsDockerComposeService((_, service) => service.Restart = "unless-stopped");

        var busKey = builder.AddSecret("bus-key");
        var bus = Harden(builder.AddProject<Projects.Repaint_LocalBus>("local-bus")
            .WithHttpEndpoint(targetPort: 8080)
            .WithMetrics("http")
            .WithEndpoint(targetPort: 5672, scheme: "tcp", name: "amqp")
            .WithEnvironment("LocalBus__Host", "0.0.0.0")
            .WithEnvironment("LocalBus__DataDirectory", $"{Home}/bus")
            .WithEnvironment("LocalBus__Key", busKey)
            .WithAnnotation(new ContainerMountAnnotation("repaint-bus", Home, ContainerMountType.Volume, isReadOnly: false)));

        return new ComposeStores(
            postgres.AddDatabase(ResourceNames.RepaintDatabase), postgres.AddDatabase(ResourceNames.GatewayDatabase),
            builder.AddConnectionString(ResourceNames.Blobs, ReferenceExpression.Create(
                $"DefaultEndpointsProtocol=http;AccountName=repaint;AccountKey={accountKey};BlobEndpoint={azurite.GetEndpoint("blob")}/repaint;")),
            builder.AddConnectionString(ResourceNames.Messaging, ReferenceExpression.Create(
                $"Endpoint=sb://{bus.GetEndpoint("amqp").Property(EndpointProperty.HostAndPort)};SharedAccessKeyName=RootManageSharedAccessKey;SharedAccessKey={busKey};UseDevelopmentEmulator=true")));
    }

    /// <summary>A parameter: what the reverse proxy is called outside is not in the model.</summary>
    public override ReferenceExpression OriginOf(IResourceBuilder<ProjectResource> project)
    {
        var name = $"{project.Resource.Name}-origin";
        if (!_origins.TryGetValue(name, out var origin))
        {
            _origins[name] = origin = project.ApplicationBuilder.AddParameter(name);
        }

        return ReferenceExpression.Create($"{origin}");
    }

    public override void Connect(IResourceBuilder<ProjectResource> project, Access access)
    {
        base.Connect(project, access);
        Harden(project);
    }

    /// <summary>No more rights than it needs, asked for its health, back after a crash, reached from outside by a proxy only.</summary>
    private static IResourceBuilder<ProjectResource> Harden(IResourceBuilder<ProjectResource> project) =>
        project.PublishAsDockerComposeService((_, service) =>
        {
            service.ReadOnly = true;
            service.Tmpfs = ["/tmp"];
            service.CapDrop = ["ALL"];
            service.SecurityOpt = ["no-new-privileges:true"];
            KeepOnLoopback(service);
            if (!project.Resource.TryGetEndpoints(out var endpoints) || !endpoints.Any())
            {
                return;
            }

            service.Restart = "unless-stopped";
            // There is no curl in the image, and no shell; the program itself asks.
            var program = $"/app/{Path.GetFileNameWithoutExtension(project.Resource.GetProjectMetadata().ProjectPath)}.dll";
            service.Healthcheck = new Healthcheck
            {
                Test = ["CMD", "dotnet", program, "--probe", "http://127.0.0.1:8080/health"],
                Interval = "30s",
                Timeout = "10s",
                StartPeriod = "60s",
                Retries = 3,
            };
        });

    /// <summary>Docker's own default is every address of the server, past its firewall.</summary>
    private static void KeepOnLoopback(Service service) =>
        service.Ports = [.. service.Ports.Select(port => $"127.0.0.1:{port}")];
}
