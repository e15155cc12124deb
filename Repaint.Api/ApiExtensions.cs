using System.Text.Json.Serialization;
using Repaint.Api.Authentication;
using Repaint.Api.Erasure;
using Repaint.Api.Feed;
using Repaint.Api.Gateway;
using Repaint.Api.Images;
using Repaint.Api.Invitations;
using Repaint.Api.Notifications;
using Repaint.Api.OneTimeUrls;
using Repaint.Api.OpenApi;
using Repaint.Api.Persistence;
using Repaint.Api.Picks;
using Repaint.Api.Rendering;
using Repaint.Api.Retention;
using Repaint.Api.Statistics;
using Repaint.Api.Updates;
using Repaint.Api.WebApps;
using Repaint.Contracts;
using Repaint.Contracts.Messages;
using Repaint.Messaging;
using Repaint.ServiceDefaults.Postgres;
using Repaint.ServiceDefaults.Telemetry;

namespace Repaint.Api;

internal static class ApiExtensions
{
    public static void AddApi(this WebApplicationBuilder builder)
    {
        // Whoever calls from outside must not choose the trace, nor its sampling.
        builder.Services.IgnoreIncomingTraceContext();
        builder.Services.TraceOnlyFailures("/api/visitors/me/updates", "/api/visitors/me/updates/stream");
        builder.Services.AddOptions<ApiOptions>().BindConfiguration("").ValidateDataAnnotations().ValidateOnStart();
        builder.AddPostgres<RepaintDbContext>(ResourceNames.RepaintDatabase);
        builder.Services.AddExceptionHandler<DatabaseTroubleHandler>();
        builder.AddMessaging().AddProcessor(QueueNames.ImageUpdates, processor => processor
            .Handle<ImageUpdated, ImageUpdatedHandler>()
            .Handle<RenderingUpdated, RenderingUpdatedHandler>());
        builder.AddGateway();
        builder.AddCallers();
        builder.AddWebApps();
        builder.Services.AddHttp();
        builder.Services.AddParts();
    }

    private static void AddHttp(this IServiceCollection services)
    {
        services.AddRateLimits();
        services.AddValidation();
        services.AddOpenApiDocument();
        // A request that cannot be read is a 400 with a code, in Development too.
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = false);
        services.ConfigureHttpJsonOptions(options =>
        {
            options.SerializerOptions.RespectNullableAnnotations = true;
            options.SerializerOptions.RespectRequiredConstructorParameters = true;
            options.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
        });
    }

    private static void AddParts(this IServiceCollection services)
    {
        services.AddSingleton<ApiMetrics>();
        services.AddScoped<ImageAcceptance>();
        services.AddScoped<InvitationAcceptance>();
        services.AddScoped<PickRule>();
        services.AddTransient<OneTimeUrlMinter>();
        services.AddSingleton<VisitorLookup>();
        services.AddHostedService(provider => provider.GetRequiredService<VisitorLookup>());
        services.AddSingleton<VisitorUpdateReader>();
        services.AddSingleton<UpdateHub>();
        services.AddSingleton<StreamHub>(provider => provider.GetRequiredService<UpdateHub>());
        services.AddSingleton<UpdateStreams>();
        services.AddHostedService(provider => provider.GetRequiredService<UpdateStreams>());
        services.AddSingleton<FeedHub>();
        services.AddSingleton<StreamHub>(provider => provider.GetRequiredService<FeedHub>());
        services.AddSingleton<FeedReader>();
        services.AddSingleton<FeedStream>();
        services.AddHostedService<DatabaseListener>();
        services.AddScoped<StatisticsReader>();
        services.AddOptions<RetentionOptions>().BindConfiguration(RetentionOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddHostedService<RetentionSweeper>();
        services.AddSingleton<RenderRequestRelay>();
        services.AddHostedService(provider => provider.GetRequiredService<RenderRequestRelay>());
        services.AddSingleton<ErasureRelay>();
        services.AddHostedService(provider => provider.GetRequiredService<ErasureRelay>());
    }
}
