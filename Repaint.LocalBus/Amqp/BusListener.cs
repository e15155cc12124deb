using Amqp;
using Amqp.Listener;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Repaint.LocalBus.Security;

namespace Repaint.LocalBus.Amqp;

/// <summary>Listens for AMQP 1.0 as long as the process runs.</summary>
internal sealed partial class BusListener : IHostedService, IHealthCheck
{
    private const int MaxFrameSize = 64 * 1024;

    private static readonly TimeSpan IdleTimeout = TimeSpan.FromMinutes(4);

    private readonly LocalBusOptions _options;
    private readonly ILogger<BusListener> _logger;
    private readonly ContainerHost _host;
    private volatile bool _listening;

    public BusListener(IOptions<LocalBusOptions> options, LinkRouter router, SharedKey key, ILogger<BusListener> logger)
    {
        LibraryInternals.Verify();
        _options = options.Value;
        _logger = logger;
        _host = new ContainerHost([new Address(_options.Host, _options.Port, user: null, password: null, path: "/", scheme: "AMQP")]);
        _host.RegisterLinkProcessor(router);
        var listener = _host.Listeners[0];
        listener.AMQP.ContainerId = "repaint-local-bus";
        listener.AMQP.MaxFrameSize = MaxFrameSize;
        listener.AMQP.IdleTimeout = (int)IdleTimeout.TotalMilliseconds;
        listener.HandlerFactory = _ => new DeliveryTags();
        listener.SASL.EnableMechanism("MSSBCBS", new TokenProfile("MSSBCBS"));
        listener.SASL.EnableMechanism("PLAIN", new PlainProfile(key));
        listener.SASL.EnableMechanism("ANONYMOUS", new TokenProfile("ANONYMOUS"));
        listener.SASL.EnableMechanism("EXTERNAL", new TokenProfile("EXTERNAL"));
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _host.Open();
        _listening = true;
        Log.Listening(_logger, _options.Host, _options.Port);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        _listening = false;
        _host.Close();
        return Task.CompletedTask;
    }

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(_listening ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("Not listening."));

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Listening for AMQP on {Host}:{Port}")]
        public static partial void Listening(ILogger logger, string host, int port);
    }
}
