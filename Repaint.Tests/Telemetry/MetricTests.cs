using System.Diagnostics.Metrics;
using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Repaint.Api;
using Repaint.Clustering;
using Repaint.Contracts;
using Repaint.Contracts.Http;
using Repaint.Generation;
using Repaint.ImageGateway;
using Repaint.Messaging.Connections;
using Repaint.Messaging.Outbox;
using Repaint.Messaging.Telemetry;
using Repaint.ServiceDefaults;
using Repaint.Tests.Infrastructure;

namespace Repaint.Tests.Telemetry;

/// <summary>Names and units of all metrics are a contract with dashboards and alerts.</summary>
public sealed partial class MetricTests
{
    private const string UpdateVariable = "REPAINT_UPDATE_SNAPSHOTS";

    private static readonly Type[] MeasuringTypes =
    [
        typeof(GatewayMetrics), typeof(ApiMetrics), typeof(ClusteringTelemetry), typeof(GenerationTelemetry),
        typeof(OutboxMetrics), typeof(MessagingTelemetry),
    ];

    private static readonly string[] Labels =
        ["messaging_destination_name", "repaint_kind", "repaint_outcome", "repaint_reason", "repaint_stage"];

    private static readonly string Docs = Path.Combine(Repository.Root, "docs", "monitoring");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void Names_units_and_descriptions_are_those_that_were_agreed_on()
    {
        var file = Path.Combine(Docs, "metrics.md");
        var told = "# Metrics of Re:paint\n\nBeside those of ASP.NET Core, HttpClient and the .NET runtime. Kept honest by a test.\n\n"
            + "| Metric | Kind | Unit | |\n|---|---|---|---|\n"
            + string.Concat(Instruments().Select(metric => $"| `{metric.Name}` | {metric.Kind} | {metric.Unit} | {metric.Description} |\n"));
        if (Environment.GetEnvironmentVariable(UpdateVariable) == "1")
        {
            File.WriteAllText(file, told);
        }

        Assert.Equal(File.ReadAllText(file), told);
    }

    [Fact]
    public void Every_metric_has_a_name_of_OpenTelemetrys_kind_a_unit_and_a_description() => Assert.All(Instruments(), metric =>
    {
        Assert.Matches("^(repaint|messaging)(\\.[a-z]+(_[a-z]+)*)+$", metric.Name);
        Assert.Matches("^(s|\\{[a-z]+\\})$", metric.Unit);
        Assert.EndsWith(".", metric.Description, StringComparison.Ordinal);
    });

    [Theory]
    [InlineData("dashboard.json")]
    [InlineData("alerts.yaml")]
    public void Queries_name_metrics_that_exist(string file)
    {
        var known = Instruments().SelectMany(PrometheusNames).ToHashSet(StringComparer.Ordinal);
        var named = MetricName().Matches(File.ReadAllText(Path.Combine(Docs, file))).Select(match => match.Value).Distinct().Except(Labels).ToList();

        Assert.NotEmpty(named);
        Assert.Empty(named.Except(known));
    }

    [Fact]
    public void Alerts_name_reasons_that_exist()
    {
        var known = new[] { typeof(ErrorCodes), typeof(FailureReasons) }
            .SelectMany(type => type.GetFields()).Select(field => (string)field.GetValue(null)!).ToHashSet();
        var named = Reasons().Matches(File.ReadAllText(Path.Combine(Docs, "alerts.yaml")))
            .SelectMany(match => match.Groups[1].Value.Split('|')).ToList();

        Assert.NotEmpty(named);
        Assert.Empty(named.Except(known));
    }

    [Fact]
    public void What_was_asked_to_be_watched_is_on_the_dashboard()
    {
        var dashboard = File.ReadAllText(Path.Combine(Docs, "dashboard.json"));
        Assert.All(
            (string[])["repaint_image_time_to_painted", "repaint_stage_duration", "repaint_queue_age", "repaint_one_time_urls_minted",
                "repaint_one_time_urls_redeemed", "repaint_one_time_urls_refused", "repaint_picks", "repaint_failures"],
            name => Assert.Contains(name, dashboard, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_alert_is_explained_to_operators()
    {
        var alerts = AlertName().Matches(File.ReadAllText(Path.Combine(Docs, "alerts.yaml"))).Select(match => match.Groups[1].Value).ToList();
        var manual = File.ReadAllText(Path.Combine(Repository.Root, "docs", "operations.md"));

        Assert.NotEmpty(alerts);
        Assert.All(alerts, alert => Assert.Contains($"\n### {alert}\n", manual, StringComparison.Ordinal));
        Assert.Equal(alerts.Order(), Heading().Matches(manual).Select(match => match.Groups[1].Value).Order());
    }

    [Fact]
    public async Task Prometheus_reads_them_on_the_internal_port_alone()
    {
        var (publicPort, internalPort) = (FreePort.Next(), FreePort.Next());
        var builder = WebApplication.CreateBuilder();
        builder.Configuration.AddInMemoryCollection([new("Metrics:Port", $"{internalPort}")]);
        builder.WebHost.UseUrls($"http://127.0.0.1:{publicPort}", $"http://127.0.0.1:{internalPort}");
        builder.Logging.ClearProviders();
        builder.AddServiceDefaults();
        builder.Services.AddSingleton<GatewayMetrics>().AddSingleton<OutboxMetrics>();
        await using var app = builder.Build();
        app.MapDefaultEndpoints();
        await app.StartAsync(Cancellation);
        var metrics = app.Services.GetRequiredService<GatewayMetrics>();
        metrics.UrlsMinted(2);
        metrics.Painted(TimeSpan.FromSeconds(1));
        app.Services.GetRequiredService<OutboxMetrics>().Relayed(
            new() { Queue = QueueNames.Generation, Subject = "", MessageId = "", OrderingKey = "", Body = "", CreatedAt = DateTimeOffset.UnixEpoch },
            DateTimeOffset.UnixEpoch.AddMilliseconds(20));
        metrics.Waiting([new(QueueNames.Clustering, 3, TimeSpan.FromSeconds(4))]);

        using var client = new HttpClient();
        using var outside = await client.GetAsync($"http://127.0.0.1:{publicPort}/metrics", Cancellation);
        Assert.Equal(HttpStatusCode.NotFound, outside.StatusCode);
        using var forged = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{publicPort}/metrics") { Headers = { Host = $"127.0.0.1:{internalPort}" } };
        using var refused = await client.SendAsync(forged, Cancellation);
        Assert.Equal(HttpStatusCode.NotFound, refused.StatusCode);

        // This is what the names of the dashboard's queries come from.
        var text = await client.GetStringAsync($"http://127.0.0.1:{internalPort}/metrics", Cancellation);
        Assert.Matches("(?m)^repaint_one_time_urls_minted_total(\\{.*\\})? 2\\b", text);
        Assert.Matches("(?m)^repaint_image_time_to_painted_seconds_bucket\\{.*le=\"1\".*\\} 1\\b", text);
        Assert.Matches("(?m)^repaint_queue_age_seconds\\{.*messaging_destination_name=\"clustering\".*\\} 4\\b", text);
        Assert.Matches("(?m)^repaint_queue_length\\{.*\\} 3\\b", text);
        // Milliseconds are told from seconds.
        Assert.Matches("(?m)^repaint_outbox_delay_seconds_bucket\\{.*le=\"0.01\".*\\} 0\\b", text);
        Assert.Matches("(?m)^repaint_outbox_delay_seconds_bucket\\{.*le=\"0.025\".*\\} 1\\b", text);
    }

    private static IEnumerable<string> PrometheusNames(Metric metric)
    {
        var name = metric.Name.Replace('.', '_') + (metric.Unit == "s" ? "_seconds" : "");
        return metric.Kind switch
        {
            "counter" => [name + "_total"],
            "histogram" => [name + "_bucket", name + "_sum", name + "_count"],
            _ => [name],
        };
    }

    /// <summary>Everything that the services and what they share register.</summary>
    private static List<Metric> Instruments()
    {
        var found = new List<Metric>();
        var services = new ServiceCollection().AddMetrics().AddSingleton(TimeProvider.System)
            .AddSingleton<GatewayMetrics>().AddSingleton<ApiMetrics>().AddSingleton<ClusteringTelemetry>().AddSingleton<GenerationTelemetry>()
            .AddSingleton<OutboxMetrics>()
            .AddSingleton(meters => MessagingMetrics(meters.GetRequiredService<IMeterFactory>()))
            .BuildServiceProvider();
        using var listener = new MeterListener();
        var factory = services.GetRequiredService<IMeterFactory>();
        listener.InstrumentPublished = (instrument, _) =>
        {
            if (ReferenceEquals(instrument.Meter.Scope, factory))
            {
                found.Add(new(instrument.Name, KindOf(instrument), instrument.Unit ?? "", instrument.Description ?? ""));
            }
        };
        listener.Start();
        foreach (var type in MeasuringTypes)
        {
            services.GetRequiredService(type);
        }

        services.Dispose();
        return [.. found.OrderBy(metric => metric.Name, StringComparer.Ordinal)];
    }

    private static MessagingTelemetry MessagingMetrics(IMeterFactory meters) => new(
        meters, BusAddress.Parse("Endpoint=sb://127.0.0.1:1;SharedAccessKeyName=none;SharedAccessKey=none;UseDevelopmentEmulator=true"));

    private static string KindOf(Instrument instrument) => instrument.GetType().Name switch
    {
        var name when name.StartsWith("UpDownCounter", StringComparison.Ordinal) => "up-down counter",
        var name when name.Contains("Counter", StringComparison.Ordinal) => "counter",
        var name when name.StartsWith("Histogram", StringComparison.Ordinal) => "histogram",
        _ => "gauge",
    };

    [GeneratedRegex(@"\b(?:repaint|messaging)_[a-z_]*[a-z]\b(?!\s*(?:=|!))")]
    private static partial Regex MetricName();

    [GeneratedRegex("""repaint_reason=~?"([^"]+)""")]
    private static partial Regex Reasons();

    [GeneratedRegex(@"- alert: (\w+)")]
    private static partial Regex AlertName();

    [GeneratedRegex(@"\n### (\w+)\n")]
    private static partial Regex Heading();

    private sealed record Metric(string Name, string Kind, string Unit, string Description);
}
