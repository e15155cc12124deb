using System.Net.Sockets;
using System.Security.Authentication;
using Amqp;
using Amqp.Framing;

namespace Repaint.Messaging.Connections;

/// <summary>What the broker's errors mean to us.</summary>
internal static class BusErrors
{
    public const string LockLost = "com.microsoft:message-lock-lost";
    public const string ServerBusy = "com.microsoft:server-busy";

    private static readonly HashSet<string> Final =
    [
        ErrorCode.NotFound, ErrorCode.UnauthorizedAccess, ErrorCode.NotAllowed, ErrorCode.NotImplemented,
        ErrorCode.MessageSizeExceeded, ErrorCode.DecodeError, ErrorCode.InvalidField,
    ];

    // Service Bus detaches a link idle for ten minutes and closes a connection idle for five.
    private static readonly HashSet<string> Idle = [ErrorCode.DetachForced, ErrorCode.ConnectionForced];

    /// <summary>Whether it is the broker's ordinary housekeeping, or the end of a connection that was asked for.</summary>
    public static bool IsOrdinary(Error? error) => error is null || Idle.Contains(error.Condition);

    public static MessagingException Of(Error? error, string what) => new(
        error is null ? $"{what}: closed." : $"{what}: {error.Condition}: {error.Description}")
    {
        Condition = error?.Condition,
        IsFinal = error is not null && Final.Contains(error.Condition),
    };

    public static MessagingException Of(Exception exception, string what) => exception switch
    {
        MessagingException known => known,
        AmqpException amqp => new MessagingException($"{what}: {amqp.Error.Condition}: {amqp.Error.Description}", amqp)
        {
            Condition = amqp.Error.Condition,
            IsFinal = Final.Contains(amqp.Error.Condition),
        },
        _ => new MessagingException($"{what}: {exception.Message}", exception),
    };

    /// <summary>Whether an exception is the broker's or the network's, and not a fault of ours.</summary>
    public static bool IsBroker(Exception exception) => exception is
        AmqpException or MessagingException or TimeoutException or SocketException or IOException or ObjectDisposedException
        or AuthenticationException
        // What the library throws when the transport ends during the SASL exchange.
        or OperationCanceledException { CancellationToken.IsCancellationRequested: false };
}
