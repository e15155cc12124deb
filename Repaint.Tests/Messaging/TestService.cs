using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Repaint.Messaging;
using Repaint.Tests.Infrastructure;

namespace Repaint.Tests.Messaging;

/// <summary>A service with nothing but messaging.</summary>
internal sealed class TestService : IAsyncDisposable
{
    private readonly IHost _host;

    private TestService(IHost host) => _host = host;

    public IServiceProvider Services => _host.Services;

    public IMessageSender Sender => _host.Services.GetRequiredService<IMessageSender>();

    public static async Task<TestService> StartAsync(
        string connectionString, Action<MessagingBuilder>? configure = null, params (string Key, string Value)[] settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection([
            new("ConnectionStrings:messaging", connectionString),
            .. settings.Select(setting => new KeyValuePair<string, string?>(setting.Key, setting.Value)),
        ]);
        builder.Services.AddLogging(logging => logging.AddProvider(TestLog.Instance).AddFilter("Repaint", LogLevel.Debug).SetMinimumLevel(LogLevel.Warning));
        builder.Services.AddMetrics();
        var messaging = builder.AddMessaging();
        configure?.Invoke(messaging);
        var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        return new TestService(host);
    }

    public Task StopAsync() => _host.StopAsync();

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }
}
