using System.Collections.Concurrent;
using Amqp;
using Amqp.Framing;
using Microsoft.Extensions.Logging;

namespace Repaint.Messaging.Connections;

/// <summary>One open connection with its session, and the tokens shown on it, which it renews.</summary>
internal sealed partial class BusSession : IDisposable
{
    private const string TokenAddress = "$cbs";

    private static readonly TimeSpan RenewAhead = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan RenewRetry = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, Lazy<Task>> _authorised = new();
    private readonly ConcurrentDictionary<string, DateTimeOffset> _expiries = new();
    private readonly CancellationTokenSource _closed = new();
    private readonly BusAddress _address;
    private readonly ITokenSource _tokens;
    private readonly Connection _connection;
    private readonly RequestLink _cbs;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    private BusSession(BusAddress address, ITokenSource tokens, Connection connection, Session session, RequestLink cbs, TimeProvider time, ILogger logger)
    {
        _address = address;
        _tokens = tokens;
        _connection = connection;
        Amqp = session;
        _cbs = cbs;
        _time = time;
        _logger = logger;
        connection.AddClosedCallback((_, error) => OnClosed(error));
        session.AddClosedCallback((_, _) => Links.Close(connection));
    }

    public Session Amqp { get; }

    public bool IsOpen => !_connection.IsClosed && !Amqp.IsClosed;

    public static async Task<BusSession> OpenAsync(
        ConnectionFactory factory, BusAddress address, ITokenSource tokens, TimeProvider time, ILogger logger, CancellationToken cancellation)
    {
        var target = new Address(address.Host, address.Port, user: null, password: null, path: "/", scheme: address.Tls ? "AMQPS" : "AMQP");
        var connection = await factory.CreateAsync(target, cancellation);
        try
        {
            var session = new Session(connection);
            var cbs = await RequestLink.OpenAsync(session, TokenAddress, time, cancellation);
            return new BusSession(address, tokens, connection, session, cbs, time, logger);
        }
        catch
        {
            Links.Close(connection);
            throw;
        }
    }

    /// <summary>
    /// Shows a token for an address, unless one is shown that still holds; it is renewed as long as the connection lives.
    /// </summary>
    public async Task AuthoriseAsync(string address, CancellationToken cancellation)
    {
        // Renewal goes by a timer, which stands still while a machine sleeps; tokens go by the clock.
        if (_expiries.TryGetValue(address, out var expires) && expires <= _time.GetUtcNow()
            && _authorised.TryGetValue(address, out var expired) && expired.Value.IsCompleted)
        {
            _authorised.TryRemove(KeyValuePair.Create(address, expired));
        }

        var shown = _authorised.GetOrAdd(address, key => new Lazy<Task>(() => ShowAndRenewAsync(key)));
        try
        {
            await shown.Value.WaitAsync(cancellation);
        }
        catch when (shown.Value.IsFaulted)
        {
            _authorised.TryRemove(KeyValuePair.Create(address, shown));
            throw;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            // The connection went while the token was being shown.
            throw BusErrors.Of(error: null, address);
        }
    }

    public void Dispose()
    {
        Links.Close(_connection);
        // Cancelled, not disposed: a renewal under way may still ask for the token. Without a timer it holds nothing.
        _closed.Cancel();
    }

    private async Task ShowAndRenewAsync(string address)
    {
        var expires = _expiries[address] = await ShowAsync(address);
        _ = RenewAsync(address, expires);
    }

    private async Task<DateTimeOffset> ShowAsync(string address)
    {
        var audience = _address.Audience(address);
        var token = await TokenAsync(audience);
        var reply = await _cbs.RequestAsync(
            new Message
            {
                ApplicationProperties = new ApplicationProperties
                {
                    ["operation"] = "put-token",
                    ["type"] = token.Type,
                    ["name"] = audience,
                },
                BodySection = new AmqpValue { Value = token.Value },
            },
            _closed.Token);
        var properties = reply.ApplicationProperties?.Map;
        return properties?["status-code"] is int and (200 or 202)
            ? token.ExpiresAt
            : throw new MessagingException($"{address}: the token was refused: {properties?["status-description"]}")
            {
                Condition = ErrorCode.UnauthorizedAccess,
                IsFinal = true,
            };
    }

    private async Task<BusToken> TokenAsync(string audience)
    {
        try
        {
            return await _tokens.GetAsync(audience, _closed.Token);
        }
        catch (Exception exception) when (!_closed.IsCancellationRequested)
        {
            // Whatever a credential throws: there may be a token later.
            throw new MessagingException($"No token for {audience}: {exception.Message}", exception);
        }
    }

    private async Task RenewAsync(string address, DateTimeOffset expires)
    {
        while (!_closed.IsCancellationRequested)
        {
            try
            {
                var left = expires - _time.GetUtcNow();
                var wait = left > RenewAhead * 2 ? left - RenewAhead : left / 2;
                await Task.Delay(wait > RenewRetry ? wait : RenewRetry, _time, _closed.Token);
                if (_expiries[address] != expires)
                {
                    // Shown anew meanwhile, and renewed from there.
                    return;
                }

                expires = _expiries[address] = await ShowAsync(address);
                Log.TokenRenewed(_logger, address);
            }
            catch (OperationCanceledException) when (_closed.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                Log.TokenNotRenewed(_logger, address, exception);
            }
        }
    }

    private void OnClosed(Error? error)
    {
        if (BusErrors.IsOrdinary(error))
        {
            Log.Closed(_logger, _address.ToString(), error?.Description);
        }
        else
        {
            Log.ClosedByError(_logger, _address.ToString(), error!.Condition, error.Description);
        }

        // Elsewhere than on the library's thread, which must not run whatever waits for this.
        _ = _closed.CancelAsync();
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Debug, "Showed a new token for {Address}")]
        public static partial void TokenRenewed(ILogger logger, string address);

        [LoggerMessage(2, LogLevel.Warning, "The token for {Address} could not be renewed; trying again")]
        public static partial void TokenNotRenewed(ILogger logger, string address, Exception exception);

        [LoggerMessage(3, LogLevel.Debug, "The connection to {Broker} ended: {Description}")]
        public static partial void Closed(ILogger logger, string broker, string? description);

        [LoggerMessage(4, LogLevel.Warning, "The connection to {Broker} ended: {Condition}: {Description}")]
        public static partial void ClosedByError(ILogger logger, string broker, string condition, string? description);
    }
}
