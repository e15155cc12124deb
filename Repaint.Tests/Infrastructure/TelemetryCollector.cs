using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Repaint.Tests.Infrastructure;

/// <summary>
/// Takes everything that services export (OTLP over gRPC), has it scanned, and passes it on to the dashboard.
/// </summary>
internal sealed class TelemetryCollector : IAsyncDisposable
{
    private const int FrameHeader = 5; // a flag for compression, and the length

    private readonly HttpClient _dashboard = new();
    private readonly ConcurrentDictionary<string, int> _received = new();
    private readonly WebApplication _app;
    private readonly Uri _onward;

    private TelemetryCollector(WebApplication app, Uri onward)
    {
        _app = app;
        _onward = onward;
    }

    public SecretScan Scan { get; } = new();

    /// <summary>Exports received, by signal: Trace, Logs, Metrics.</summary>
    public IReadOnlyDictionary<string, int> Received => _received;

    /// <param name="onward">The dashboard's endpoint.</param>
    /// <returns>The collector, and the address for OTEL_EXPORTER_OTLP_…_ENDPOINT.</returns>
    public static async Task<(TelemetryCollector Collector, string Endpoint)> StartAsync(Uri onward)
    {
        var port = FreePort.Next();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port, listen => listen.Protocols = HttpProtocols.Http2));
        var app = builder.Build();
        var collector = new TelemetryCollector(app, onward);
        app.Run(collector.TakeAsync);
        await app.StartAsync();
        return (collector, $"http://127.0.0.1:{port}");
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _dashboard.Dispose();
    }

    private async Task TakeAsync(HttpContext http)
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body, http.RequestAborted);
        var frame = body.ToArray();
        Assert.Equal(0, frame[0]);
        // …/opentelemetry.proto.collector.trace.v1.TraceService/Export
        var signal = http.Request.Path.Value!.Split('/')[1].Split('.')[^1].Replace("Service", "", StringComparison.Ordinal);
        Scan.Scan(frame.AsSpan(FrameHeader, BinaryPrimitives.ReadInt32BigEndian(frame.AsSpan(1))), signal);
        _received.AddOrUpdate(signal, 1, (_, count) => count + 1);
        await PassOnAsync(http.Request.Path, frame, http.RequestAborted);

        http.Response.ContentType = "application/grpc";
        await http.Response.Body.WriteAsync(new byte[FrameHeader], http.RequestAborted);
        http.Response.AppendTrailer("grpc-status", "0");
    }

    private async Task PassOnAsync(string path, byte[] frame, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_onward, path))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(frame) { Headers = { ContentType = new MediaTypeHeaderValue("application/grpc") } },
        };
        request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        try
        {
            using var response = await _dashboard.SendAsync(request, cancellation);
        }
        catch (HttpRequestException)
        {
            // The dashboard starts later than the first service, and stops earlier than the last.
        }
    }
}
