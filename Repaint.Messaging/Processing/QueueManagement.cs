using Amqp;
using Amqp.Framing;
using Amqp.Types;
using Repaint.Messaging.Connections;

namespace Repaint.Messaging.Processing;

/// <summary>
/// A queue's <c>$management</c>: renews locks and settles messages by lock token. Unlike a settlement over the link it
/// is confirmed, tells when the lock was lost, and works on a later connection too.
/// </summary>
internal sealed class QueueManagement : IDisposable
{
    private const int NoContent = 204;
    private const int Unauthorised = 401;
    private const int NotFound = 404;
    private const int Gone = 410;

    private readonly string _managementAddress;
    private readonly BusConnection _connection;
    private readonly TimeProvider _time;
    private readonly Completions _completions;
    private readonly Lock _gate = new();
    private Task<RequestLink>? _link;

    public QueueManagement(string address, BusConnection connection, TimeProvider time)
    {
        _managementAddress = address + "/$management";
        _connection = connection;
        _time = time;
        _completions = new Completions(lockTokens => SettleAsync("completed", lockTokens, more: [], CancellationToken.None));
    }

    /// <summary>Renews a lock; null when it is lost.</summary>
    public async Task<DateTimeOffset?> RenewAsync(Guid lockToken, CancellationToken cancellation)
    {
        var reply = await RequestAsync("com.microsoft:renew-lock", new Map { ["lock-tokens"] = new[] { lockToken } }, cancellation);
        return reply is null
            ? null
            : (reply.Body as Map)?["expirations"] is DateTime[] and [var until, ..]
                ? new DateTimeOffset(DateTime.SpecifyKind(until, DateTimeKind.Utc))
                : throw new MessagingException($"{_managementAddress}: the answer holds no expiry.");
    }

    /// <summary>Settles a message; false when its lock is lost.</summary>
    public Task<bool> SettleAsync(Guid lockToken, Disposition disposition, CancellationToken cancellation) => disposition switch
    {
        Disposition.Complete => _completions.CompleteAsync(lockToken).WaitAsync(cancellation),
        Disposition.Abandon => SettleAsync("abandoned", [lockToken], more: [], cancellation),
        // The protocol's own spelling.
        Disposition.Defer => SettleAsync("defered", [lockToken], more: [], cancellation),
        Disposition.DeadLetter { Reason: var reason, Description: var description } => SettleAsync(
            "suspended", [lockToken], new Map { ["deadletter-reason"] = reason, ["deadletter-description"] = description }, cancellation),
        _ => throw new ArgumentOutOfRangeException(nameof(disposition)),
    };

    /// <summary>Messages from a sequence number on, in whatever state; none at the end of the queue.</summary>
    public async Task<IReadOnlyList<Message>> PeekAsync(long from, int limit, bool omitBody, CancellationToken cancellation)
    {
        var body = new Map { ["from-sequence-number"] = from, ["message-count"] = limit, ["omit-message-body"] = omitBody };
        var reply = await RequestAsync("com.microsoft:peek-message", body, cancellation);
        return [.. Entries(reply).Select(Decode)];
    }

    /// <summary>Locks a message that was set aside; null when there is none such.</summary>
    public async Task<(Message Message, Guid LockToken)?> TakeDeferredAsync(long sequence, CancellationToken cancellation)
    {
        var body = new Map { ["sequence-numbers"] = new[] { sequence }, ["receiver-settle-mode"] = 1u };
        var reply = await RequestAsync("com.microsoft:receive-by-sequence-number", body, cancellation);
        return Entries(reply).FirstOrDefault() is { } entry ? (Decode(entry), (Guid)entry["lock-token"]) : null;
    }

    public void Dispose()
    {
        if (_link is { IsCompletedSuccessfully: true })
        {
            _link.Result.Close();
        }
    }

    private async Task<bool> SettleAsync(string status, Guid[] lockTokens, Map more, CancellationToken cancellation)
    {
        more["lock-tokens"] = lockTokens;
        more["disposition-status"] = status;
        return await RequestAsync("com.microsoft:update-disposition", more, cancellation) is not null;
    }

    private async Task<Message?> RequestAsync(string operation, Map body, CancellationToken cancellation)
    {
        Task<RequestLink> opening;
        lock (_gate)
        {
            if (_link is null || _link.IsFaulted || _link.IsCanceled || _link is { IsCompletedSuccessfully: true, Result.IsOpen: false })
            {
                _link = OpenAsync();
            }

            opening = _link;
        }

        var link = await opening.WaitAsync(cancellation);
        var request = new Message
        {
            ApplicationProperties = new ApplicationProperties { ["operation"] = operation },
            BodySection = new AmqpValue { Value = body },
        };
        var reply = await link.RequestAsync(request, cancellation);
        var status = reply.ApplicationProperties?.Map;
        if (status?["statusCode"] is Unauthorised)
        {
            // The next request opens it again, and shows a token that holds.
            link.Close();
        }

        return status?["statusCode"] switch
        {
            200 => reply,
            NoContent or NotFound or Gone => null,
            var code => throw new MessagingException($"{_managementAddress}: {code}: {status?["statusDescription"]}")
            {
                Condition = status?["errorCondition"]?.ToString(),
            },
        };
    }

    private static IEnumerable<Map> Entries(Message? reply) => ((reply?.Body as Map)?["messages"] as IEnumerable<object>)?.OfType<Map>() ?? [];

    private static Message Decode(Map entry) => entry["message"] is byte[] encoded
        ? Message.Decode(new ByteBuffer(encoded, 0, encoded.Length, encoded.Length))
        : throw new MessagingException("A message in the answer cannot be read.");

    private async Task<RequestLink> OpenAsync()
    {
        var session = await _connection.GetAsync(CancellationToken.None);
        await session.AuthoriseAsync(_managementAddress, CancellationToken.None);
        return await RequestLink.OpenAsync(session.Amqp, _managementAddress, _time, CancellationToken.None);
    }
}
