using Microsoft.Extensions.DependencyInjection;
using Repaint.Contracts;

namespace Repaint.AppHost;

/// <summary>
/// Commands in the dashboard. Each starts a program that does the work, <c>Repaint.Local</c>, whose output is then there to
/// read.
/// </summary>
internal static class CommandExtensions
{
    /// <summary>Makes the demo event, or what is missing of it.</summary>
    public static IResourceBuilder<ProjectResource> WithSeedCommand(
        this IResourceBuilder<ProjectResource> api,
        IResourceBuilder<ProjectResource> identity,
        IResourceBuilder<ParameterResource> scriptSecret)
    {
        api.ApplicationBuilder.AddProject<Projects.Repaint_Local>("seed")
            .WithArgs("seed")
            .WithEnvironment("REPAINT_API", api.GetEndpoint("http"))
            .WithEnvironment("REPAINT_AUTHORITY", identity.GetEndpoint("http"))
            .WithEnvironment("REPAINT_SECRET", scriptSecret)
            .WithExplicitStart()
            .WithParentRelationship(api);
        return api.WithStartCommand("seed", "Seed the demo event", "CalendarAdd");
    }

    /// <summary>Sends what the workers could not handle to its queue again.</summary>
    public static IResourceBuilder<ProjectResource> WithRedriveCommand(this IResourceBuilder<ProjectResource> api, Stores stores)
    {
        foreach (var queue in QueueNames.All)
        {
            var name = $"redrive-{queue}";
            api.ApplicationBuilder.AddProject<Projects.Repaint_Local>(name)
                .WithArgs("deadletters", "redrive", queue, "--all")
                .WithReference(stores.Messaging)
                .WithExplicitStart()
                .WithParentRelationship(api);
            api.WithStartCommand(name, $"Re-drive dead letters: {queue}", "ArrowRepeatAll");
        }

        return api;
    }

    private static IResourceBuilder<ProjectResource> WithStartCommand(
        this IResourceBuilder<ProjectResource> resource, string program, string displayName, string icon) => resource.WithCommand(
        program, displayName,
        context => context.Services.GetRequiredService<ResourceCommandService>()
            .ExecuteCommandAsync(program, KnownResourceCommands.StartCommand, context.CancellationToken),
        new CommandOptions { IconName = icon });
}
