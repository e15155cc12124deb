using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using OpenTelemetry;
using OpenTelemetry.Context.Propagation;
using OpenTelemetry.Instrumentation.AspNetCore;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Repaint.ServiceDefaults.Telemetry;

/// <summary>OpenTelemetry, exported when <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> says where to.</summary>
public static class TelemetryExtensions
{
    /// <summary>Every activity source and meter of this system begins with this.</summary>
    public const string Prefix = "Repaint.";

    private static readonly string[] QuietCategories =
    [
        "Microsoft.AspNetCore", "Microsoft.EntityFrameworkCore.Database.Command", "Polly", "System.Net.Http.HttpClient",
    ];

    // OpenTelemetry's own are made for milliseconds: everything under five seconds would be one.
    private static readonly double[] SecondsBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

    internal static void AddTelemetry(this IHostApplicationBuilder builder)
    {
        // With the default composite propagator the ASP.NET Core instrumentation would read `traceparent` itself,
        // behind the back of the host's DistributedContextPropagator, which public endpoints replace.
        Sdk.SetDefaultTextMapPropagator(new TraceContextPropagator());

        // First, so that any other setting wins. What these say of each request and query, its span says better; and a
        // request's line has its query string, which may hold a secret.
        builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource
        {
            InitialData = QuietCategories.Select(category => KeyValuePair.Create($"Logging:LogLevel:{category}", (string?)"Warning")),
        });
        builder.Logging.AddOpenTelemetry(logging =>
        {
            logging.IncludeFormattedMessage = true;
            logging.IncludeScopes = true;
        });

        var telemetry = builder.Services.AddOpenTelemetry()
            .WithMetrics(metrics => metrics
                .AddAspNetCoreInstrumentation()
                .AddHttpClientInstrumentation()
                .AddRuntimeInstrumentation()
                .AddMeter(Prefix + "*")
                .AddView(instrument => instrument is Histogram<double> { Unit: "s", Advice: null }
                    ? new ExplicitBucketHistogramConfiguration { Boundaries = SecondsBoundaries }
                    : null)
                .AddMetricsEndpoint(builder.Configuration))
            .WithTracing(tracing => tracing
                .SetSampler(TraceSampler.FromSetting(builder.Configuration[TraceSampler.RatioVariable]))
                .AddProcessor<FailureProcessor>()
                .AddSource(Prefix + "*")
                .AddAspNetCoreInstrumentation(options => options.Filter = context => !IsProbe(context.Request.Path))
                .AddHttpClientInstrumentation()
                .AddNpgsql());

        if (!string.IsNullOrWhiteSpace(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]))
        {
            telemetry.UseOtlpExporter();
        }
    }

    /// <summary>
    /// Requests start traces of their own, whatever <c>traceparent</c> a caller from outside sends.
    /// Outgoing requests still carry the trace on.
    /// </summary>
    public static IServiceCollection IgnoreIncomingTraceContext(this IServiceCollection services) =>
        services.AddSingleton<DistributedContextPropagator, OutgoingOnlyPropagator>();

    /// <summary>
    /// Requests to these paths, and all they cause, are exported only when they fail: what thousands of phones ask every few
    /// seconds would drown the rest. Metrics count them.
    /// </summary>
    public static IServiceCollection TraceOnlyFailures(this IServiceCollection services, params string[] paths) =>
        services.Configure<AspNetCoreTraceInstrumentationOptions>(options => options.EnrichWithHttpRequest = (activity, request) =>
        {
            if (paths.Contains(request.Path.Value, StringComparer.OrdinalIgnoreCase))
            {
                activity.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
            }
        });

    private static bool IsProbe(string? path) => path is "/health" or "/alive";
}
