using Repaint.Contracts;

var builder = DistributedApplication.CreateBuilder(args);

// Where things are kept and what carries the work.
var postgres = builder.AddAzurePostgresFlexibleServer("postgres").RunAsContainer();
var repaintDatabase = postgres.AddDatabase(ResourceNames.RepaintDatabase);
var gatewayDatabase = postgres.AddDatabase(ResourceNames.GatewayDatabase);

var storage = builder.AddAzureStorage("storage").RunAsEmulator();
var blobs = storage.AddBlobs(ResourceNames.Blobs);
storage.AddBlobContainer(ResourceNames.ImagesContainer);

var messaging = builder.AddAzureServiceBus(ResourceNames.Messaging).RunAsEmulator();
foreach (var queue in QueueNames.All)
{
    messaging.AddServiceBusQueue(queue).WithProperties(properties =>
    {
        properties.MaxDeliveryCount = 5;
        properties.LockDuration = TimeSpan.FromSeconds(30);
        properties.RequiresDuplicateDetection = true;
        properties.DuplicateDetectionHistoryTimeWindow = TimeSpan.FromMinutes(5);
    });
}

// 256 bits between the API and the gateway's internal listener.
var gatewayKey = builder.AddParameter(
    "gateway-key", new GenerateParameterDefault { MinLength = 43, Special = false }, secret: true, persist: true);

var migrations = builder.AddProject<Projects.Repaint_Migrations>(ResourceNames.Migrations)
    .WithReference(repaintDatabase).WaitFor(repaintDatabase)
    .WithReference(gatewayDatabase).WaitFor(gatewayDatabase)
    .WithReference(blobs).WaitFor(blobs);

var api = builder.AddProject<Projects.Repaint_Api>(ResourceNames.Api)
    .WithHttpEndpoint(port: 5080)
    .WithExternalHttpEndpoints();

var gateway = builder.AddProject<Projects.Repaint_ImageGateway>(ResourceNames.ImageGateway)
    .WithHttpEndpoint(port: 5081)
    .WithExternalHttpEndpoints()
    .WithHttpEndpoint(port: 5082, name: ResourceNames.InternalEndpoint);
gateway.WithReference(gatewayDatabase).WithReference(blobs).WithReference(messaging).WaitFor(messaging)
    .WaitForCompletion(migrations)
    .WithEnvironment("Gateway__InternalPort", gateway.GetEndpoint(ResourceNames.InternalEndpoint).Property(EndpointProperty.TargetPort))
    .WithEnvironment("Gateway__Keys__0", gatewayKey)
    .WithEnvironment("Gateway__AllowedOrigins__0", api.GetEndpoint("http"))
    .WithHttpHealthCheck("/health");

api.WithReference(repaintDatabase).WithReference(messaging).WithReference(gateway).WaitFor(gateway)
    .WithEnvironment("Gateway__Key", gatewayKey)
    .WithEnvironment("Gateway__PublicOrigin", gateway.GetEndpoint("http"))
    .WithEnvironment("PublicOrigin", api.GetEndpoint("http"))
    .WithHttpHealthCheck("/health");

builder.AddProject<Projects.Repaint_Clustering>(ResourceNames.ClusteringWorker)
    .WithHttpEndpoint()
    .WithReference(blobs).WithReference(messaging).WaitFor(messaging).WaitForCompletion(migrations)
    .WithHttpHealthCheck("/health");

builder.AddProject<Projects.Repaint_Generation>(ResourceNames.GenerationWorker)
    .WithHttpEndpoint()
    .WithReference(blobs).WithReference(messaging).WaitFor(messaging).WaitForCompletion(migrations)
    .WithHttpHealthCheck("/health");

if (builder.ExecutionContext.IsRunMode)
{
    var identity = builder.AddProject<Projects.Repaint_LocalIdentity>(ResourceNames.Identity)
        .WithHttpEndpoint(port: 5083)
        .WithHttpHealthCheck("/health");
    identity.WithEnvironment("Identity__Issuer", identity.GetEndpoint("http"))
        .WithEnvironment("Identity__DataDirectory", Path.Combine(builder.AppHostDirectory, ".data", "identity"))
        .WithEnvironment("Identity__ScriptClientId", "repaint-script")
        .WithEnvironment("Identity__ScriptClientSecret", builder.AddParameter(
            "script-client-secret", new GenerateParameterDefault { MinLength = 43, Special = false }, secret: true, persist: true));
    api.WithEnvironment("Authentication__Authority", identity.GetEndpoint("http"))
        .WithEnvironment("Authentication__RequireHttpsMetadata", "false")
        .WaitFor(identity);
}
else
{
    api.WithEnvironment("Authentication__Authority", builder.AddParameter("authority"));
}

builder.Build().Run();
