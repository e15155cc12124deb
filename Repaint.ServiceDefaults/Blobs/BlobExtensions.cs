using Azure;
using Azure.Core.Pipeline;
using Azure.Identity;
using Azure.Storage.Blobs;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Repaint.Contracts;

namespace Repaint.ServiceDefaults.Blobs;

/// <summary>The container of images, with a health check.</summary>
public static class BlobExtensions
{
    // Azurite 3.37 answers newer service versions with 400. Goes when it knows 2026-10-06.
    private const BlobClientOptions.ServiceVersion ServiceVersion = BlobClientOptions.ServiceVersion.V2025_11_05;

    private const int Connections = 512;
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestRetryDelay = TimeSpan.FromSeconds(2);

    // The library's own keeps at most 50 connections to a server.
    private static readonly HttpClientTransport Transport = new(new HttpClient(new SocketsHttpHandler
    {
        MaxConnectionsPerServer = Connections,
        PooledConnectionLifetime = ConnectionLifetime, // a storage account may move to another address
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
    })
    { Timeout = Timeout.InfiniteTimeSpan });

    /// <summary>Registers a <see cref="BlobContainerClient"/> for <see cref="ResourceNames.ImagesContainer"/>.</summary>
    public static void AddImageBlobs(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton(services => CreateService(
                services.GetRequiredService<IConfiguration>().GetConnectionString(ResourceNames.Blobs)
                ?? throw new InvalidOperationException($"ConnectionStrings:{ResourceNames.Blobs} is not set."))
            .GetBlobContainerClient(ResourceNames.ImagesContainer));
        builder.Services.AddHealthChecks().Add(new HealthCheckRegistration(
            ResourceNames.Blobs,
            services => new BlobHealthCheck(services.GetRequiredService<BlobContainerClient>()),
            HealthStatus.Unhealthy, tags: null, timeout: TimeSpan.FromSeconds(5)));
    }

    /// <summary>A client for a storage connection string, or for a service URI with a managed identity.</summary>
    public static BlobServiceClient CreateService(string connection)
    {
        // Whoever calls has a caller that waits, or a message that comes again: a few quick tries, not half a minute of them.
        var options = new BlobClientOptions(ServiceVersion)
        {
            Retry = { MaxRetries = 3, Delay = RetryDelay, MaxDelay = LongestRetryDelay },
            Diagnostics = { IsLoggingEnabled = false },
            Transport = Transport,
        };
        return Uri.TryCreate(connection, UriKind.Absolute, out var uri) && uri.Scheme is "https" or "http"
            ? new BlobServiceClient(uri, new DefaultAzureCredential(), options)
            : new BlobServiceClient(connection, options);
    }

    private sealed class BlobHealthCheck(BlobContainerClient container) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            try
            {
                return await container.ExistsAsync(cancellationToken)
                    ? HealthCheckResult.Healthy()
                    : HealthCheckResult.Unhealthy("The container does not exist.");
            }
            catch (Exception exception) when (exception is RequestFailedException or AggregateException)
            {
                return HealthCheckResult.Unhealthy("The blob storage does not answer.", exception);
            }
        }
    }
}
