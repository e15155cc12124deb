using System.Net.Http.Headers;
using Azure.Storage.Blobs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Repaint.ImageGateway;
using Repaint.Migrations;
using Repaint.ServiceDefaults;
using Repaint.ServiceDefaults.Postgres;
using Repaint.Tests.Infrastructure;

namespace Repaint.Tests.Gateway;

/// <summary>
/// The gateway as it runs, on two real ports, a real database and real storage, but for what works in the background: tests
/// read the outbox, call the handlers and run erasures themselves. Time stands still until a test moves it. Given a bus, it is
/// the gateway as it runs.
/// </summary>
internal sealed class GatewayHost : IAsyncDisposable
{
    public const string Key = "one-key-of-the-api-that-is-long-enough-aaaaaaa";
    public const string SecondKey = "another-key-of-the-api-that-is-long-enough-bb";
    public const string AppOrigin = "http://app.test";

    private readonly WebApplication _app;

    private GatewayHost(WebApplication app, BlobContainerClient container, FakeTimeProvider time, CapturedLogs logs, int publicPort, int internalPort)
    {
        _app = app;
        Container = container;
        Time = time;
        Logs = logs;
        Public = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{publicPort}") };
        Internal = CreateInternal(internalPort, Key);
        InternalPort = internalPort;
    }

    public BlobContainerClient Container { get; }

    public FakeTimeProvider Time { get; }

    public CapturedLogs Logs { get; }

    public HttpClient Public { get; }

    public HttpClient Internal { get; }

    public int InternalPort { get; }

    public IServiceProvider Services => _app.Services;

    /// <summary>The scope of this gateway's meters, among those of all tests.</summary>
    public object Meters => Services.GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>();

    public static async Task<GatewayHost> StartAsync(
        PostgresFixture postgres, AzuriteFixture azurite, string? blobs = null, IReadOnlyDictionary<string, string?>? settings = null)
    {
        var container = await azurite.CreateContainerAsync();
        var (publicPort, internalPort) = (FreePort.Next(), FreePort.Next());
        var time = new FakeTimeProvider(DateTimeOffset.Parse("2026-05-01T10:00:00Z"));
        var logs = new CapturedLogs();

        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = Environments.Production });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionStrings:gateway"] = await postgres.CreateDatabaseAsync(),
            ["ConnectionStrings:blobs"] = blobs ?? await azurite.GetConnectionStringAsync(),
            ["ConnectionStrings:messaging"] = "Endpoint=sb://127.0.0.1:1;SharedAccessKeyName=none;SharedAccessKey=none;UseDevelopmentEmulator=true",
            ["Gateway:Keys:0"] = Key,
            ["Gateway:Keys:1"] = SecondKey,
            ["Gateway:InternalPort"] = internalPort.ToString(),
            ["Metrics:Port"] = internalPort.ToString(),
            ["Gateway:AllowedOrigins:0"] = AppOrigin,
            ["Gateway:UploadLimit"] = "200000",
            ["Gateway:Limits:VisitorBurst"] = "100000",
            ["Gateway:Limits:AddressBurst"] = "100000",
        });
        builder.Configuration.AddInMemoryCollection(settings ?? new Dictionary<string, string?>());
        builder.WebHost.UseUrls($"http://127.0.0.1:{publicPort}", $"http://127.0.0.1:{internalPort}");
        builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Trace).AddProvider(logs);
        builder.AddServiceDefaults();
        builder.AddImageGateway();
        if (settings?.ContainsKey("ConnectionStrings:messaging") != true)
        {
            builder.Services.Replace(ServiceDescriptor.Singleton<TimeProvider>(time));
            foreach (var worker in builder.Services.Where(IsOurWorker).ToList())
            {
                builder.Services.Remove(worker);
            }
        }

        if (blobs is null)
        {
            builder.Services.Replace(ServiceDescriptor.Singleton(container));
        }

        var app = builder.Build();
        await using (var source = PostgresExtensions.CreateDataSource(builder.Configuration.GetConnectionString("gateway")!))
        await using (var context = new GatewayDbContext(MigrationExtensions.Options<GatewayDbContext>(source)))
        {
            await context.Database.MigrateAsync(TestContext.Current.CancellationToken);
        }

        app.UseImageGateway();
        app.MapDefaultEndpoints();
        app.MapImageGateway();
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new GatewayHost(app, container, time, logs, publicPort, internalPort);
    }

    public static HttpClient CreateInternal(int port, string? key)
    {
        var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        client.DefaultRequestHeaders.Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key);
        return client;
    }

    /// <summary>Runs something in a scope of its own.</summary>
    public async Task<T> InScopeAsync<TService, T>(Func<TService, Task<T>> work)
        where TService : notnull
    {
        await using var scope = Services.CreateAsyncScope();
        return await work(scope.ServiceProvider.GetRequiredService<TService>());
    }

    public Task<T> QueryAsync<T>(Func<GatewayDbContext, Task<T>> query) => InScopeAsync(query);

    public async Task<List<string>> BlobNamesAsync()
    {
        var names = new List<string>();
        await foreach (var blob in Container.GetBlobsAsync(cancellationToken: TestContext.Current.CancellationToken))
        {
            names.Add(blob.Name);
        }

        return names;
    }

    private static bool IsOurWorker(ServiceDescriptor service) => service.ServiceType == typeof(IHostedService)
        && (service.ImplementationType ?? service.ImplementationFactory?.Method.DeclaringType)
            ?.Assembly.GetName().Name?.StartsWith("Repaint.", StringComparison.Ordinal) == true;

    public async ValueTask DisposeAsync()
    {
        Public.Dispose();
        Internal.Dispose();
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
    }
}
