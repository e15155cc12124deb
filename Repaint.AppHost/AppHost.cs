using Repaint.AppHost;
using Repaint.Contracts;
using static Repaint.Contracts.ResourceNames;

var builder = DistributedApplication.CreateBuilder(args);

// Where things are kept and what carries the work: containers (Azure's, when published), Infra=native without containers,
// or Publish=compose for Docker Compose.
var stores = Stores.Choose(builder);

// 256 bits between the API and the gateway's internal listener.
var gatewayKey = builder.AddSecret("gateway-key");

// What listens in a container; while running here, any free port.
int? Port(int inContainer) => builder.ExecutionContext.IsPublishMode ? inContainer : null;

var migrations = builder.AddProject<Projects.Repaint_Migrations>(Migrations)
    .WithReference(stores.RepaintDatabase).WithReference(stores.GatewayDatabase)
    .With(stores, Access.Blobs)
    .AsJob();

var api = builder.AddProject<Projects.Repaint_Api>(Api)
    .WithHttpEndpoint(port: 5080, targetPort: Port(8080))
    .WithExternalHttpEndpoints()
    // Added after: not exposed. Container Apps want its port said and open that one alone, so that no other is named here.
    .WithHttpEndpoint(targetPort: Port(8081), name: InternalEndpoint)
    .WithMetrics(InternalEndpoint);

var gateway = builder.AddProject<Projects.Repaint_ImageGateway>(ImageGateway)
    .WithHttpEndpoint(port: 5081, targetPort: Port(8080))
    .WithExternalHttpEndpoints()
    .WithHttpEndpoint(targetPort: Port(8081), name: InternalEndpoint)
    .WithMetrics(InternalEndpoint);

gateway.WithReference(stores.GatewayDatabase)
    .With(stores, Access.Blobs | Access.Send | Access.Receive)
    .WaitForCompletion(migrations)
    .WithEnvironment("Gateway__InternalPort", gateway.GetEndpoint(InternalEndpoint).Property(EndpointProperty.TargetPort))
    .WithEnvironment("Gateway__Keys__0", gatewayKey)
    .WithEnvironment("Gateway__AllowedOrigins__0", stores.OriginOf(api))
    .WithProbes()
    .ScaleByRequests();

api.WithReference(stores.RepaintDatabase).WithReference(gateway)
    .With(stores, Access.Receive)
    .WaitFor(gateway)
    .WithEnvironment("Gateway__Key", gatewayKey)
    .WithEnvironment("Gateway__PublicOrigin", stores.OriginOf(gateway))
    .WithEnvironment("PublicOrigin", stores.OriginOf(api))
    .WithProbes()
    .ScaleByRequests();

Worker<Projects.Repaint_Clustering>(ClusteringWorker, QueueNames.Clustering);
Worker<Projects.Repaint_Generation>(GenerationWorker, QueueNames.Generation);

if (builder.ExecutionContext.IsRunMode)
{
    var scriptSecret = builder.AddSecret("script-client-secret");
    var identity = builder.AddProject<Projects.Repaint_LocalIdentity>(Identity)
        .WithHttpEndpoint(port: 5083)
        .WithHttpHealthCheck("/health");
    identity.WithEnvironment("Identity__Issuer", identity.GetEndpoint("http"))
        .WithEnvironment("Identity__DataDirectory", Path.Combine(NativeStores.DataDirectory(builder), Identity))
        .WithEnvironment("Identity__ScriptClientId", "repaint-script")
        .WithEnvironment("Identity__ScriptClientSecret", scriptSecret)
        .WithConsole(api)
        .WithStaffAccount(builder.AddSecret("staff-password", length: 16));
    api.WithEnvironment("Authentication__Authority", identity.GetEndpoint("http"))
        .WithEnvironment("Authentication__RequireHttpsMetadata", "false")
        .WithEnvironment("ServeReference", "true")
        .WithTraceLinks()
        .WaitFor(identity)
        .WithSeedCommand(identity, scriptSecret)
        .WithRedriveCommand(stores);
}
else
{
    api.WithEnvironment("Authentication__Authority", builder.AddParameter("authority"));

    // Limits are for each address, and only the proxy in front knows whose it is.
    api.WithEnvironment("RateLimits__TrustedProxies__0", stores.ProxyNetwork);
    gateway.WithEnvironment("Gateway__Limits__TrustedProxies__0", stores.ProxyNetwork);
}

builder.Build().Run();

void Worker<TProject>(string name, string queue)
    where TProject : IProjectMetadata, new() => builder.AddProject<TProject>(name)
    .WithHttpEndpoint(targetPort: Port(8080))
    .WithMetrics("http")
    .WithEnvironment("OPENCV_IO_MAX_IMAGE_PIXELS", "50000000")
    .With(stores, Access.Blobs | Access.Send | Access.Receive)
    .WaitForCompletion(migrations)
    .WithProbes()
    .InWorkerImage<TProject>()
    .ScaleByQueue(stores, queue);
