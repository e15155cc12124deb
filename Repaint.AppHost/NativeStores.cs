using Repaint.Contracts;

namespace Repaint.AppHost;

/// <summary>No container engine: PostgreSQL and Azurite as installed here, and our own stand-in for Service Bus.</summary>
internal sealed record NativeStores(
    IResourceBuilder<ConnectionStringResource> Repaint,
    IResourceBuilder<ConnectionStringResource> Gateway,
    IResourceBuilder<ConnectionStringResource> BlobStorage,
    IResourceBuilder<ConnectionStringResource> Bus) : Stores(Repaint, Gateway, BlobStorage, Bus)
{
    // Those of ./repaint up.
    private const int PostgresPort = 5087;
    private const int BusPort = 5088;
    private const int BlobPort = 5089;

    /// <summary>Where everything is kept that runs here without containers: <c>--Data=DIR</c>, by default beside the model.</summary>
    public static string DataDirectory(IDistributedApplicationBuilder builder) =>
        builder.Configuration["Data"] ?? Path.Combine(builder.AppHostDirectory, ".data");

    public static NativeStores Add(IDistributedApplicationBuilder builder)
    {
        var data = DataDirectory(builder);
        var password = builder.AddSecret("postgres-password");
        var postgres = builder.AddProject<Projects.Repaint_Local>(DatabaseServer)
            .WithArgs("serve", "postgres", "--data", data, "--port", $"{PostgresPort}")
            .WithEnvironment("REPAINT_SECRET", password);

        // An account key is base64; letters and digits alone are, too.
        var accountKey = builder.AddSecret("blob-account-key", length: 88);
        var azurite = builder.AddProject<Projects.Repaint_Local>("azurite")
            .WithArgs("serve", "blobs", "--data", data, "--port", $"{BlobPort}")
            .WithEnvironment("REPAINT_SECRET", accountKey);

        var busKey = builder.AddSecret("bus-key");
        var bus = builder.AddProject<Projects.Repaint_LocalBus>("local-bus")
            .WithHttpEndpoint()
            .WithMetrics("http")
            .WithHttpHealthCheck("/health")
            .WithEnvironment("LocalBus__Port", BusPort.ToString())
            .WithEnvironment("LocalBus__DataDirectory", Path.Combine(data, "bus"))
            .WithEnvironment("LocalBus__Key", busKey);

        return new NativeStores(
            Database(ResourceNames.RepaintDatabase), Database(ResourceNames.GatewayDatabase),
            builder.AddConnectionString(ResourceNames.Blobs, ReferenceExpression.Create(
                $"DefaultEndpointsProtocol=http;AccountName=repaint;AccountKey={accountKey};BlobEndpoint=http://127.0.0.1:{BlobPort.ToString()}/repaint;"))
                .WaitFor(azurite),
            builder.AddConnectionString(ResourceNames.Messaging, ReferenceExpression.Create(
                $"Endpoint=sb://127.0.0.1:{BusPort.ToString()};SharedAccessKeyName=RootManageSharedAccessKey;SharedAccessKey={busKey};UseDevelopmentEmulator=true"))
                .WaitFor(bus));

        IResourceBuilder<ConnectionStringResource> Database(string name) => builder.AddConnectionString(name, ReferenceExpression.Create(
            $"Host=127.0.0.1;Port={PostgresPort.ToString()};Username=repaint;Password={password};Database={name}")).WaitFor(postgres);
    }
}
