using System.Diagnostics;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Repaint.Tests.Infrastructure;

namespace Repaint.Tests.ServiceDefaults;

/// <summary>What an orchestrator runs inside a container to ask a service whether it is well.</summary>
public sealed class HealthProbeTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_service_asks_its_like_and_ends_with_the_answer()
    {
        var port = FreePort.Next();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        await using var app = builder.Build();
        app.MapGet("/health", () => TypedResults.Ok());
        app.MapGet("/sick", () => TypedResults.StatusCode((int)HttpStatusCode.ServiceUnavailable));
        await app.StartAsync(Cancellation);

        Assert.Equal(0, await ProbeAsync($"http://127.0.0.1:{port}/health"));
        Assert.Equal(1, await ProbeAsync($"http://127.0.0.1:{port}/sick"));
        Assert.Equal(1, await ProbeAsync($"http://127.0.0.1:{FreePort.Next()}/health"));
    }

    private static async Task<int> ProbeAsync(string url)
    {
        // Any of them: it is what they have in common. Without its settings this one would not even start.
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Repaint.LocalBus.dll"), "--probe", url])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var said = await process.StandardOutput.ReadToEndAsync(Cancellation) + await process.StandardError.ReadToEndAsync(Cancellation);
        await process.WaitForExitAsync(Cancellation);
        Assert.Equal("", said);
        return process.ExitCode;
    }
}
