using Azure.Storage.Blobs;
using Repaint.Local;
using Repaint.Local.Blobs;
using Repaint.Local.Processes;
using Repaint.ServiceDefaults.Blobs;

[assembly: AssemblyFixture(typeof(Repaint.Tests.Infrastructure.AzuriteFixture))]

namespace Repaint.Tests.Infrastructure;

/// <summary>A real Azurite for the whole run, started by the first test that needs it.</summary>
public sealed class AzuriteFixture : IAsyncDisposable
{
    private readonly Lazy<Task<Running>> _running = new(StartAsync);
    private int _containers;

    /// <summary>Connection string of the storage account.</summary>
    public async Task<string> GetConnectionStringAsync() => (await _running.Value).Server.ConnectionString;

    /// <summary>Makes an empty container.</summary>
    public async Task<BlobContainerClient> CreateContainerAsync()
    {
        var service = BlobExtensions.CreateService(await GetConnectionStringAsync());
        var container = service.GetBlobContainerClient($"test-{Interlocked.Increment(ref _containers)}");
        await container.CreateAsync(cancellationToken: TestContext.Current.CancellationToken);
        return container;
    }

    public async ValueTask DisposeAsync()
    {
        if (_running is { IsValueCreated: true, Value.IsCompletedSuccessfully: true })
        {
            var running = await _running.Value;
            await running.Process.DisposeAsync();
            running.Folder.Dispose();
        }
    }

    private static async Task<Running> StartAsync()
    {
        var folder = new TemporaryFolder("azurite");
        var server = new AzuriteServer(folder.Path, FreePort.Next(), await NpmPackages.InstallAsync(_ => { }, CancellationToken.None));
        return new Running(folder, server, await server.StartAsync(CancellationToken.None));
    }

    private sealed record Running(TemporaryFolder Folder, AzuriteServer Server, ChildProcess Process);
}
