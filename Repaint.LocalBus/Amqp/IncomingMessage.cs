using Amqp;
using Amqp.Framing;
using Amqp.Types;
using Repaint.LocalBus.Queues;

namespace Repaint.LocalBus.Amqp;

/// <summary>Reads out of a transfer what is to be stored.</summary>
internal static class IncomingMessage
{
    /// <summary>Message format of a batch: each data section is an encoded message.</summary>
    private const uint BatchFormat = 0x80013700;

    private static readonly Symbol ScheduledEnqueueTime = "x-opt-scheduled-enqueue-time";

    /// <exception cref="InvalidDataException">A batch of anything but binary sections.</exception>
    public static IEnumerable<NewMessage> Unpack(Message message, DateTimeOffset now) => message.Format == BatchFormat
        ? Sections(message.BodySection).Select(section => Of(Message.Decode(new ByteBuffer(section, 0, section.Length, section.Length)), now))
        : [Of(message, now)];

    private static IEnumerable<byte[]> Sections(RestrictedDescribed body) => body switch
    {
        Data data => [data.Binary],
        DataList list => Enumerable.Range(0, list.Count).Select(index => list[index].Binary),
        _ => throw new InvalidDataException("A batch holds data sections."),
    };

    private static NewMessage Of(Message message, DateTimeOffset now)
    {
        message.Properties ??= new Properties();
        // Message ids can be numbers, UUIDs or binary too; what has none gets one, as Service Bus does.
        var messageId = message.Properties.GetMessageId() switch
        {
            null => Guid.CreateVersion7(now).ToString("N"),
            byte[] binary => Convert.ToHexStringLower(binary),
            var id => id.ToString()!,
        };
        if (message.Properties.GetMessageId() is null)
        {
            message.Properties.MessageId = messageId;
        }

        var scheduled = message.MessageAnnotations?.Map[ScheduledEnqueueTime] as DateTime?;
        message.DeliveryAnnotations = null;
        var encoded = message.Encode();
        return new NewMessage(
            encoded.Buffer.AsSpan(encoded.Offset, encoded.Length).ToArray(),
            messageId,
            scheduled is { } at ? new DateTimeOffset(DateTime.SpecifyKind(at, DateTimeKind.Utc)) : null,
            message.Header is { Ttl: > 0 and var milliseconds } ? TimeSpan.FromMilliseconds(milliseconds) : null);
    }
}
