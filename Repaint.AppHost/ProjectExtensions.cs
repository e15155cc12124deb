using Aspire.Hosting.Azure;
using Azure.Provisioning.AppContainers;

namespace Repaint.AppHost;

/// <summary>What several projects of the model have in common.</summary>
internal static class ProjectExtensions
{
    private const int WorkerCores = 2; // and as many photos at once
    private const int MostWorkers = 20;
    private const int RequestsAtOnce = 100;
    private const int MostFronts = 10;

    // As long as a health check waits for the database, where Aspire waits a second; and half a core may take its time to start.
    private const int ProbeSeconds = 5;
    private const int ProbesBeforeRestart = 6;

    /// <summary>A generated secret; kept in user secrets in run mode, a parameter when published.</summary>
    public static IResourceBuilder<ParameterResource> AddSecret(
        this IDistributedApplicationBuilder builder, string name, int length = 43) => builder.AddParameter(
        name, new GenerateParameterDefault { MinLength = length, Special = false }, secret: true, persist: true);

    public static IResourceBuilder<ProjectResource> With(this IResourceBuilder<ProjectResource> project, Stores stores, Access access)
    {
        stores.Connect(project, access);
        return project;
    }

    /// <summary>Ready to serve, and not to be restarted; in run mode both are health checks that others wait for.</summary>
#pragma warning disable ASPIREPROBES001 // Probes are experimental in 13.5.
    public static IResourceBuilder<ProjectResource> WithProbes(this IResourceBuilder<ProjectResource> project) => project
        .WithHttpProbe(ProbeType.Readiness, "/health", timeoutSeconds: ProbeSeconds)
        .WithHttpProbe(ProbeType.Liveness, "/alive", timeoutSeconds: ProbeSeconds, failureThreshold: ProbesBeforeRestart);
#pragma warning restore ASPIREPROBES001

    /// <summary>Prometheus may ask on this endpoint, which nobody outside reaches.</summary>
    public static IResourceBuilder<ProjectResource> WithMetrics(this IResourceBuilder<ProjectResource> project, string endpoint) =>
        project.WithEnvironment("Metrics__Port", project.GetEndpoint(endpoint).Property(EndpointProperty.TargetPort));

    /// <summary>The console links to traces in the dashboard.</summary>
    public static IResourceBuilder<ProjectResource> WithTraceLinks(this IResourceBuilder<ProjectResource> project)
    {
        var dashboard = project.ApplicationBuilder.Configuration["ASPNETCORE_URLS"]?.Split(';')[0].TrimEnd('/');
        var template = dashboard is null ? "" : dashboard + "/traces/detail/{traceId}";
        return project.WithEnvironment("TraceUrl", template);
    }

    /// <summary>Published in an image that has what OpenCV needs beside .NET.</summary>
    public static IResourceBuilder<ProjectResource> InWorkerImage<TProject>(this IResourceBuilder<ProjectResource> project)
        where TProject : IProjectMetadata, new() => project.PublishAsDockerFile(image => image
            .WithDockerfile(Path.Combine(project.ApplicationBuilder.AppHostDirectory, ".."), "containers/worker.Dockerfile")
            .WithBuildArg("PROJECT", Path.GetFileNameWithoutExtension(new TProject().ProjectPath)));

    /// <summary>Does its work and exits.</summary>
    public static IResourceBuilder<ProjectResource> AsJob(this IResourceBuilder<ProjectResource> project) =>
        project.ApplicationBuilder.Configuration["Publish"] == "compose" ? project : project.PublishAsAzureContainerAppJob();

    /// <summary>In Container Apps: one always there, more when requests come.</summary>
    public static IResourceBuilder<ProjectResource> ScaleByRequests(this IResourceBuilder<ProjectResource> project) =>
        InContainerApps(project, (_, app) =>
        {
            app.Template.Scale.MinReplicas = 1;
            app.Template.Scale.MaxReplicas = MostFronts;
            app.Template.Scale.Rules.Add(new ContainerAppScaleRule
            {
                Name = "requests",
                Http = new ContainerAppHttpScaleRule { Metadata = { ["concurrentRequests"] = $"{RequestsAtOnce}" } },
            });
        });

    /// <summary>In Container Apps: none while the queue is empty; more when two photos wait for each core.</summary>
    public static IResourceBuilder<ProjectResource> ScaleByQueue(
        this IResourceBuilder<ProjectResource> project, Stores stores, string queue) => stores.ServiceBus is { } bus
        ? InContainerApps(project, (infrastructure, app) =>
        {
            var rule = new ContainerAppCustomScaleRule
            {
                CustomScaleRuleType = "azure-servicebus",
                Metadata =
                {
                    ["queueName"] = queue,
                    ["messageCount"] = $"{2 * WorkerCores}",
                    ["namespace"] = bus.NameOutputReference.AsProvisioningParameter(infrastructure),
                },
            };
            if (project.Resource.TryGetLastAnnotation<AppIdentityAnnotation>(out var identity))
            {
                rule.Identity = identity.IdentityResource.Id.AsProvisioningParameter(infrastructure);
            }

            // Otherwise half a core.
            app.Template.Containers.Single().Value!.Resources = new AppContainerResources { Cpu = WorkerCores, Memory = "4Gi" };
            app.Template.Scale.MinReplicas = 0;
            app.Template.Scale.MaxReplicas = MostWorkers;
            app.Template.Scale.Rules.Add(new ContainerAppScaleRule { Name = "queue", Custom = rule });
        })
        : project;

    private static IResourceBuilder<ProjectResource> InContainerApps(
        IResourceBuilder<ProjectResource> project, Action<AzureResourceInfrastructure, ContainerApp> configure) =>
        project.ApplicationBuilder.Configuration["Publish"] == "compose" ? project : project.PublishAsAzureContainerApp(configure);
}
