namespace Repaint.Messaging.Outbox;

/// <summary>A message written in the transaction of the state change it tells of; the relay sends it afterwards.</summary>
public sealed class OutboxMessage
{
    /// <summary>Assigned by the database; the order of sending within <see cref="OrderingKey"/>.</summary>
    public long Id { get; init; }

    /// <summary>The queue.</summary>
    public required string Queue { get; init; }

    /// <summary>The message type.</summary>
    public required string Subject { get; init; }

    /// <summary>Deterministic id; the broker drops a second one within its window.</summary>
    public required string MessageId { get; init; }

    /// <summary>Messages with the same key are sent in order.</summary>
    public required string OrderingKey { get; init; }

    /// <summary>JSON.</summary>
    public required string Body { get; init; }

    /// <summary>W3C traceparent of the change, so that the message continues its trace.</summary>
    public string? TraceParent { get; init; }

    /// <summary>W3C tracestate.</summary>
    public string? TraceState { get; init; }

    /// <summary>When it was written.</summary>
    public required DateTimeOffset CreatedAt { get; init; }
}
