using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Amqp;
using Amqp.Listener;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Repaint.LocalBus.Security;
using Repaint.LocalBus.Storage;

namespace Repaint.LocalBus.Amqp;

/// <summary>Listens for AMQP 1.0 as long as the process runs.</summary>
internal sealed partial class BusListener : IHostedService, IHealthCheck
{
    private const int MaxFrameSize = 64 * 1024;

    private static readonly TimeSpan IdleTimeout = TimeSpan.FromMinutes(4);

    private readonly LocalBusOptions _options;
    private readonly MessageStore _store;
    private readonly ILogger<BusListener> _logger;
    private readonly ContainerHost _host;
    private volatile bool _listening;

    public BusListener(IOptions<LocalBusOptions> options, LinkRouter router, SharedKey key, MessageStore store, ILogger<BusListener> logger)
    {
        LibraryInternals.Verify();
        _options = options.Value;
        _store = store;
        _logger = logger;
        var certificate = _options.CertificateFile is { Length: > 0 } file ? ReadCertificate(file) : null;
        _host = new ContainerHost([new Address(
            _options.Host, _options.Port, user: null, password: null, path: "/", scheme: certificate is null ? "AMQP" : "AMQPS")]);
        // The router looks at the address: the library takes it for granted that there is one.
        _host.AddressResolver = static (_, _) => string.Empty;
        _host.RegisterLinkProcessor(router);
        var listener = _host.Listeners[0];
        listener.SSL.Certificate = certificate;
        // Whatever the machine's own policy allows.
        listener.SSL.Protocols = SslProtocols.None;
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
        Task.FromResult(
            !_listening ? HealthCheckResult.Unhealthy("Not listening.")
            : _store.Trouble is { } trouble ? HealthCheckResult.Unhealthy(trouble.Message)
            : HealthCheckResult.Healthy());

    private static X509Certificate2 ReadCertificate(string file)
    {
        try
        {
            return X509Certificate2.CreateFromPemFile(file);
        }
        catch (Exception exception) when (exception is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"{file} does not hold a certificate with its private key in PEM format.", exception);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Listening for AMQP on {Host}:{Port}")]
        public static partial void Listening(ILogger logger, string host, int port);
    }
}
