using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.DependencyInjection;
using Repaint.Contracts;

namespace Repaint.AppHost.Tests;

/// <summary>The application model without containers, everything healthy.</summary>
public sealed class NativeSystem : IAsyncLifetime
{
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    // PostgreSQL may belong to another user, who has to be let in.
    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("repaint-model-");
    private DistributedApplication? _app;

    public DistributedApplication App => _app ?? throw new InvalidOperationException("Not started.");

    public async ValueTask InitializeAsync()
    {
        _data.UnixFileMode |= UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        var model = await DistributedApplicationTestingBuilder.CreateAsync<Projects.Repaint_AppHost>(
            ["--Infra=native", $"--Data={_data.FullName}"]);
        _app = await model.BuildAsync();
        await _app.StartAsync().WaitAsync(Patience);
        foreach (var name in new[] { ResourceNames.Api, ResourceNames.ImageGateway, ResourceNames.ClusteringWorker, ResourceNames.GenerationWorker })
        {
            await _app.ResourceNotifications.WaitForResourceHealthyAsync(name).WaitAsync(Patience);
        }
    }

    /// <summary>The value of a parameter of the model.</summary>
    public async Task<string> GetParameterAsync(string name) =>
        await App.Services.GetRequiredService<DistributedApplicationModel>().Resources
            .OfType<ParameterResource>().Single(parameter => parameter.Name == name).GetValueAsync(CancellationToken.None)
        ?? throw new InvalidOperationException($"{name} has no value.");

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.DisposeAsync();
        }

        _data.Delete(recursive: true);
    }
}
