using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;

namespace Repaint.AppHost.Tests;

internal static class Parameters
{
    /// <summary>The value of a parameter of the model.</summary>
    public static async Task<string> GetParameterAsync(this IServiceProvider services, string name, CancellationToken cancellation) =>
        await services.GetRequiredService<DistributedApplicationModel>().Resources
            .OfType<ParameterResource>().Single(parameter => parameter.Name == name).GetValueAsync(cancellation)
        ?? throw new InvalidOperationException($"{name} has no value.");
}
