using System.Net.Security;
using System.Security.Authentication;
using Amqp;
using Amqp.Sasl;
using Microsoft.Extensions.Logging;

namespace Repaint.Messaging.Connections;

/// <summary>
/// A connection that is opened when it is needed and again when it has gone. Sending and receiving have one each:
/// the broker throttles a connection as a whole.
/// </summary>
internal sealed partial class BusConnection(
    string purpose, BusAddress address, ITokenSource tokens, MessagingOptions options, TimeProvider time, ILogger<BusConnection> logger)
    : IDisposable
{
    private const int IdleTimeout = 60_000;
    private const int MaxFrameSize = 64 * 1024;

    private readonly RemoteCertificateValidationCallback? _trust =
        options.CertificateAuthorityFile is { Length: > 0 } file ? BusTrust.In(file) : null;

    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _disposed = new();
    private Task<BusSession>? _session;

    public BusAddress Address { get; } = address;

    /// <summary>The open session; everyone who asks meanwhile waits for the same attempt to open one.</summary>
    /// <exception cref="MessagingException">It could not be opened.</exception>
    public Task<BusSession> GetAsync(CancellationToken cancellation)
    {
        Task<BusSession> session;
        lock (_gate)
        {
            if (_session is null || _session.IsFaulted || _session.IsCanceled || _session is { IsCompletedSuccessfully: true, Result.IsOpen: false })
            {
                _session = OpenAsync();
            }

            session = _session;
        }

        return session.WaitAsync(cancellation);
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed.Cancel();
            if (_session is { IsCompletedSuccessfully: true })
            {
                _session.Result.Dispose();
            }
        }
    }

    private async Task<BusSession> OpenAsync()
    {
        var factory = new ConnectionFactory();
        factory.SASL.Profile = SaslProfile.Anonymous;
        // Whatever the machine's own policy allows, instead of the library's older choice.
        factory.SSL.Protocols = SslProtocols.None;
        if (_trust is not null)
        {
            factory.SSL.RemoteCertificateValidationCallback = _trust;
        }

        factory.AMQP.ContainerId = $"repaint-{purpose}-{Guid.CreateVersion7():N}";
        factory.AMQP.HostName = Address.Host;
        factory.AMQP.IdleTimeout = IdleTimeout;
        factory.AMQP.MaxFrameSize = MaxFrameSize;
        using var unwanted = CancellationTokenSource.CreateLinkedTokenSource(_disposed.Token);
        var opening = BusSession.OpenAsync(factory, Address, tokens, time, logger, unwanted.Token);
        try
        {
            // The library heeds the token only while connecting, not while it waits for the peer's frames.
            var session = await opening.WaitAsync(options.OpenTimeout, time, _disposed.Token);
            Log.Opened(logger, purpose, Address.ToString());
            return session;
        }
        catch (Exception exception) when (exception is OperationCanceledException || BusErrors.IsBroker(exception))
        {
            await unwanted.CancelAsync();
            _ = CloseAsync(opening);
            throw BusErrors.Of(exception, Address.ToString());
        }
    }

    /// <summary>Closes what opens after nobody waits for it any more.</summary>
    private static async Task CloseAsync(Task<BusSession> opening)
    {
        try
        {
            (await opening).Dispose();
        }
        catch (Exception)
        {
            // It did not open.
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Connected to {Broker} for {Purpose}")]
        public static partial void Opened(ILogger logger, string purpose, string broker);
    }
}
