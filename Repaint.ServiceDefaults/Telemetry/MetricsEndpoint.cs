using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using OpenTelemetry.Metrics;

namespace Repaint.ServiceDefaults.Telemetry;

/// <summary>
/// <c>/metrics</c> for Prometheus, on one local port only: <c>Metrics:Port</c>, a listener that nobody outside reaches. By
/// default there is none.
/// </summary>
internal static class MetricsEndpoint
{
    private const string Path = "/metrics";
    private const string PortSetting = "Metrics:Port";

    public static MeterProviderBuilder AddMetricsEndpoint(this MeterProviderBuilder metrics, IConfiguration configuration) =>
        PortOf(configuration) is null ? metrics : metrics.AddPrometheusExporter();

    public static void UseMetricsEndpoint(this WebApplication app)
    {
        if (PortOf(app.Configuration) is { } port)
        {
            // By the port a connection came in on, which a client cannot choose as it can a Host header.
            app.UseOpenTelemetryPrometheusScrapingEndpoint(context =>
                context.Connection.LocalPort == port && context.Request.Path == Path);
        }
    }

    private static int? PortOf(IConfiguration configuration) => configuration.GetValue<int?>(PortSetting);
}
