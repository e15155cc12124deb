using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Trace;
using Repaint.Contracts;
using Repaint.ServiceDefaults;
using Repaint.ServiceDefaults.Telemetry;
using Repaint.Tests.Infrastructure;

namespace Repaint.Tests.ServiceDefaults;

/// <summary>What of a service's spans is exported.</summary>
public sealed class SamplingTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null, true)]
    [InlineData("1", true)]
    [InlineData("0", false)]
    public async Task The_ratio_decides_over_whole_traces(string? ratio, bool isExported)
    {
        var exported = await RunAsync(ratio, source =>
        {
            using var root = source.StartActivity("root");
            using var child = source.StartActivity("child", ActivityKind.Client);
        });

        Assert.Equal(isExported ? ["child", "root"] : [], exported.Order());
    }

    [Fact]
    public async Task A_failure_is_exported_whatever_the_ratio()
    {
        var exported = await RunAsync("0", source =>
        {
            using var root = source.StartActivity("root");
            using (var failed = source.StartActivity("failed"))
            {
                failed!.SetStatus(ActivityStatusCode.Error);
            }

            using var refused = source.StartActivity("refused");
            refused!.SetTag(TelemetryAttributes.Reason, FailureReasons.Corrupt);
        });

        Assert.Equal(["failed", "refused"], exported.Order());
    }

    [Fact]
    public async Task A_client_call_that_belongs_to_nothing_is_exported_only_when_it_fails()
    {
        var exported = await RunAsync("1", source =>
        {
            source.StartActivity("poll", ActivityKind.Client)!.Dispose();
            using var broken = source.StartActivity("broken poll", ActivityKind.Client);
            broken!.SetStatus(ActivityStatusCode.Error);
        });

        Assert.Equal(["broken poll"], exported);
    }

    [Theory]
    [InlineData("2")]
    [InlineData("-1")]
    [InlineData("half")]
    public void A_ratio_that_is_none_is_refused(string setting) =>
        Assert.Throws<InvalidOperationException>(() => TraceSampler.FromSetting(setting));

    [Fact]
    public async Task Requests_that_come_every_few_seconds_are_exported_only_when_they_fail()
    {
        var exported = await RunAsync("1", _ => { }, async client =>
        {
            await client.GetAsync("/poll", Cancellation);
            await client.GetAsync("/poll?fail=true", Cancellation);
            await client.GetAsync("/other", Cancellation);
        }, last: "GET /other");

        Assert.Equal(["GET /other", "GET /poll"], exported.Order());
    }

    private static async Task<List<string>> RunAsync(
        string? ratio, Action<ActivitySource> act, Func<HttpClient, Task>? send = null, string last = "")
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseTestServer();
        builder.Configuration.AddInMemoryCollection([KeyValuePair.Create(TraceSampler.RatioVariable, ratio)]);
        builder.AddServiceDefaults();
        builder.Services.TraceOnlyFailures("/poll");
        // Not one of the system's names: other hosts and recorders of this process listen to those, and whoever wants a span most
        // decides for all.
        using var source = new ActivitySource($"Sampling.{ActivitySpanId.CreateRandom()}");
        using var exporter = new ListExporter(source.Name);
        using var processor = new SimpleActivityExportProcessor(exporter);
        builder.Services.ConfigureOpenTelemetryTracerProvider(tracing => tracing.AddSource(source.Name).AddProcessor(processor));
        await using var app = builder.Build();
        app.MapGet("/poll", (bool? fail) => fail == true ? Results.StatusCode(500) : Results.NoContent());
        app.MapGet("/other", () => Results.NoContent());
        await app.StartAsync(Cancellation);
        act(source);
        if (send is not null)
        {
            await send(app.GetTestClient());
            // A span ends after its answer has been read.
            await Poll.UntilAsync(() => Task.FromResult(exporter.Names.Contains(last)));
        }

        app.Services.GetRequiredService<TracerProvider>().ForceFlush();
        await app.StopAsync(Cancellation);
        return exporter.Names;
    }

    private sealed class ListExporter(string source) : BaseExporter<Activity>
    {
        private readonly List<string> _names = [];

        public List<string> Names
        {
            get
            {
                lock (_names)
                {
                    return [.. _names];
                }
            }
        }

        public override ExportResult Export(in Batch<Activity> batch)
        {
            lock (_names)
            {
                foreach (var activity in batch)
                {
                    if (activity.Source.Name == source || activity.DisplayName is "GET /poll" or "GET /other")
                    {
                        _names.Add(activity.DisplayName);
                    }
                }
            }

            return ExportResult.Success;
        }
    }
}
