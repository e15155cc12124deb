using System.Diagnostics;
using Microsoft.Extensions.Options;
using Repaint.Contracts;
using Repaint.Contracts.Messages;
using Repaint.ImageGateway.Clustering;
using Repaint.ImageGateway.Erasure;
using Repaint.ImageGateway.InternalListener;
using Repaint.ImageGateway.OneTimeUrls;
using Repaint.ImageGateway.PublicImages;
using Repaint.ImageGateway.Renderings;
using Repaint.ImageGateway.Sweeping;
using Repaint.ImageGateway.Uploads;
using Repaint.Messaging;
using Repaint.ServiceDefaults.Blobs;
using Repaint.ServiceDefaults.Postgres;

namespace Repaint.ImageGateway;

internal static class ImageGatewayExtensions
{
    private const int ConcurrentResults = 8;

    public static void AddImageGateway(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<GatewayOptions>().BindConfiguration(GatewayOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.AddPostgres<GatewayDbContext>(ResourceNames.GatewayDatabase);
        builder.AddImageBlobs();
        builder.AddMessaging()
            .AddOutbox<GatewayDbContext>()
            .AddProcessor(QueueNames.ImageResults, results => results
                .Handle<ClusteringStarted, ClusteringStartedHandler>()
                .Handle<ClusteringCompleted, ClusteringCompletedHandler>()
                .Handle<ClusteringFailed, ClusteringFailedHandler>()
                .Handle<PaintingStarted, PaintingStartedHandler>()
                .Handle<PaintingCompleted, PaintingCompletedHandler>()
                .Handle<PaintingFailed, PaintingFailedHandler>()
                .Configure(options =>
                {
                    options.Concurrency = ConcurrentResults;
                    options.RunRetriesAlone = false; // no native code here that could crash
                }))
            .AddDeadLetterProcessor(QueueNames.Clustering, deadLetters => deadLetters.Handle<ClusterImage, ClusteringDeadLetterHandler>())
            .AddDeadLetterProcessor(QueueNames.Generation, deadLetters => deadLetters.Handle<PaintRendering, PaintingDeadLetterHandler>());

        // The token of a one-time URL is in its query, which the framework would log with every request.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Warning);

        builder.Services.AddSingleton<GatewayMetrics>();
        builder.Services.AddSingleton<InternalKeys>();
        builder.Services.AddSingleton<DistributedContextPropagator, TrustedCallerPropagator>();
        builder.Services.AddExceptionHandler<ServerTroubleHandler>();
        builder.Services.ConfigureHttpJsonOptions(options =>
        {
            options.SerializerOptions.RespectNullableAnnotations = ContractsJson.Options.RespectNullableAnnotations;
            options.SerializerOptions.RespectRequiredConstructorParameters = ContractsJson.Options.RespectRequiredConstructorParameters;
            options.SerializerOptions.NumberHandling = ContractsJson.Options.NumberHandling;
        });
        builder.Services.AddValidation();
        builder.Services.AddCors();
        DeliveryLimits.Add(builder.Services);

        builder.Services.AddScoped<UploadImage>();
        builder.Services.AddScoped<UploadLedger>();
        builder.Services.AddScoped<ClusteringResults>();
        builder.Services.AddScoped<RetryImage>();
        builder.Services.AddScoped<PaintingRequests>();
        builder.Services.AddScoped<PaintingResults>();
        builder.Services.AddScoped<MintOneTimeUrls>();
        builder.Services.AddSingleton<PublicAddress>();
        builder.Services.AddSingleton<ActiveStreams>();
        builder.Services.AddSingleton<RedemptionBatches>();
        builder.Services.AddSingleton<HotBlobs>();
        builder.Services.AddScoped<Redemption>();
        builder.Services.AddScoped<ImageDelivery>();
        builder.Services.AddScoped<LostBlobs>();
        builder.Services.AddScoped<Inventory>();
        builder.Services.AddSingleton<Sweeper>();
        builder.Services.AddHostedService(services => services.GetRequiredService<Sweeper>());
        builder.Services.AddSingleton<QueueWatch>();
        builder.Services.AddHostedService(services => services.GetRequiredService<QueueWatch>());
        builder.Services.AddScoped<Eraser>();
        builder.Services.AddScoped<LateResults>();
        builder.Services.AddSingleton<ErasureSignal>();
        builder.Services.AddSingleton<ErasureWorker>();
        builder.Services.AddHostedService(services => services.GetRequiredService<ErasureWorker>());
        builder.Services.AddSingleton<UrlPruner>();
        builder.Services.AddHostedService(services => services.GetRequiredService<UrlPruner>());
    }

    public static void UseImageGateway(this WebApplication app)
    {
        app.UseForwardedHeaders();
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        app.UseMiddleware<ListenerGate>();
        app.UseCors(policy => policy
            .WithOrigins([.. app.Services.GetRequiredService<IOptions<GatewayOptions>>().Value.AllowedOrigins])
            .WithMethods(HttpMethods.Get, HttpMethods.Head)
            .WithHeaders("Range", "If-Range", "If-Match", "If-None-Match")
            .WithExposedHeaders("ETag", "Content-Range", "Accept-Ranges", "Retry-After"));
        app.UseRateLimiter();
    }

    public static void MapImageGateway(this WebApplication app)
    {
        app.MapDelivery();
        app.MapPublicImages();
        app.MapUploads();
        app.MapRetry();
        app.MapErasure();
        app.MapOneTimeUrls();
        app.MapRenderings();
    }
}
