using Aspire.Hosting.Azure;

namespace Repaint.AppHost;

/// <summary>What a service does with storage and queues; in Azure, the roles its identity gets.</summary>
[Flags]
internal enum Access
{
    Blobs = 1,
    Send = 2,
    Receive = 4,
}

/// <summary>Two databases, blob storage and a message broker, under the names that the services know them by.</summary>
internal abstract record Stores(
    IResourceBuilder<IResourceWithConnectionString> RepaintDatabase,
    IResourceBuilder<IResourceWithConnectionString> GatewayDatabase,
    IResourceBuilder<IResourceWithConnectionString> Blobs,
    IResourceBuilder<IResourceWithConnectionString> Messaging)
{
    public static string DatabaseServer => "postgres";

    /// <summary>The broker, where it is Azure Service Bus.</summary>
    public virtual AzureServiceBusResource? ServiceBus => null;

    /// <summary>Where the proxy before the two public services comes from; what it says about who asks is believed.</summary>
    public virtual string ProxyNetwork => "127.0.0.0/8";

    public static Stores Choose(IDistributedApplicationBuilder builder) => builder switch
    {
        { ExecutionContext.IsRunMode: true } when builder.Configuration["Infra"] == "native" => NativeStores.Add(builder),
        { ExecutionContext.IsPublishMode: true } when builder.Configuration["Publish"] == "compose" => ComposeStores.Add(builder),
        _ => AzureStores.Add(builder),
    };

    /// <summary>Where browsers reach a project.</summary>
    public virtual ReferenceExpression OriginOf(IResourceBuilder<ProjectResource> project) =>
        ReferenceExpression.Create($"{project.GetEndpoint("http")}");

    /// <summary>Lets a project use what it needs, and no more, and has it wait for that.</summary>
    public virtual void Connect(IResourceBuilder<ProjectResource> project, Access access)
    {
        if (access.HasFlag(Access.Blobs))
        {
            project.WithReference(Blobs).WaitFor(Blobs);
        }

        if (access.HasFlag(Access.Send) || access.HasFlag(Access.Receive))
        {
            project.WithReference(Messaging).WaitFor(Messaging);
        }
    }
}
