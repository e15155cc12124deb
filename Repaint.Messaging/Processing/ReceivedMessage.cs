using System.Diagnostics;
using Amqp;
using Amqp.Framing;
using Amqp.Types;
using Repaint.Messaging.Telemetry;

namespace Repaint.Messaging.Processing;

/// <summary>A delivery, read out of its AMQP form.</summary>
internal sealed record ReceivedMessage(
    Guid LockToken,
    DateTimeOffset LockedUntil,
    string MessageId,
    string? Subject,
    int DeliveryCount,
    DateTimeOffset? EnqueuedAt,
    ReadOnlyMemory<byte> Body,
    ActivityContext Parent,
    DeadLetterCause Cause)
{
    public const string DeadLetterReason = "DeadLetterReason";
    public const string DeadLetterDescription = "DeadLetterErrorDescription";

    private static readonly TimeSpan AssumedLock = TimeSpan.FromSeconds(30);

    public static ReceivedMessage Read(Message message, TimeProvider time)
    {
        var annotations = message.MessageAnnotations?.Map;
        var application = message.ApplicationProperties?.Map;
        ActivityContext.TryParse(
            application?[MessagingTelemetry.TraceParent] as string, application?[MessagingTelemetry.TraceState] as string,
            isRemote: true, out var parent);
        return new ReceivedMessage(
            message.DeliveryTag is { Length: 16 } tag ? new Guid(tag) : Guid.Empty,
            Time(annotations, "x-opt-locked-until") ?? time.GetUtcNow() + AssumedLock,
            message.Properties?.GetMessageId()?.ToString() ?? string.Empty,
            message.Properties?.Subject,
            (int)Math.Min(message.Header?.DeliveryCount ?? 0, int.MaxValue - 1) + 1,
            Time(annotations, "x-opt-enqueued-time"),
            message.BodySection is Data { Binary: { } body } ? body : default,
            parent,
            new DeadLetterCause(
                application?[DeadLetterReason] as string, application?[DeadLetterDescription] as string));
    }

    private static DateTimeOffset? Time(Map? annotations, string name) => annotations?[new Symbol(name)] is DateTime at
        ? new DateTimeOffset(DateTime.SpecifyKind(at, DateTimeKind.Utc))
        : null;
}
