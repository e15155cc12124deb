using System.Diagnostics;
using System.Net;

namespace Repaint.Tests.Infrastructure;

/// <summary>A local bus in a process of its own, to be killed.</summary>
internal sealed class BusProcess : IAsyncDisposable
{
    private readonly HttpClient _client = new();
    private readonly Process _process;
    private readonly Uri _health;

    private BusProcess(Process process, int healthPort)
    {
        _process = process;
        _health = new Uri($"http://127.0.0.1:{healthPort}/health");
    }

    public long ResidentMegabytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64 / (1024 * 1024);
        }
    }

    public static async Task<BusProcess> StartAsync(string folder, int port)
    {
        var health = FreePort.Next();
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Repaint.LocalBus.dll")])
        {
            RedirectStandardOutput = true,
            Environment =
            {
                ["ASPNETCORE_URLS"] = $"http://127.0.0.1:{health}",
                ["LocalBus__Port"] = port.ToString(),
                ["LocalBus__DataDirectory"] = folder,
                ["LocalBus__KeyName"] = TestBus.KeyName,
                ["LocalBus__Key"] = TestBus.Key,
            },
        };
        var process = Process.Start(start)!;
        process.OutputDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        var bus = new BusProcess(process, health);
        await bus.WaitUntilAsync(HttpStatusCode.OK);
        return bus;
    }

    /// <summary>Waits until it says that of its health.</summary>
    public Task WaitUntilAsync(HttpStatusCode health) => Poll.UntilAsync(async () =>
    {
        try
        {
            using var response = await _client.GetAsync(_health, TestContext.Current.CancellationToken);
            return response.StatusCode == health;
        }
        catch (HttpRequestException)
        {
            Assert.False(_process.HasExited, "The bus ended by itself.");
            return false;
        }
    });

    /// <summary>As <c>kill -9</c> does.</summary>
    public void Kill() => _process.Kill();

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
        _client.Dispose();
    }
}
