using System.Diagnostics;
using Amqp;
using Amqp.Framing;

namespace Repaint.Messaging.Sending;

/// <summary>Messages that travel in one transfer, in Service Bus's format: each data section is an encoded message.</summary>
internal sealed record OutgoingBatch(IReadOnlyList<OutgoingMessage> Messages)
{
    private const uint Format = 0x80013700;

    // The standard tier takes 256 KB; what each message has beside its body is counted generously.
    private const int Largest = 200 * 1024;
    private const int Envelope = 1024;

    /// <summary>In order, as many in each as fit; one that is too large by itself goes alone, for the broker to judge.</summary>
    public static IEnumerable<OutgoingBatch> Of(IEnumerable<OutgoingMessage> messages)
    {
        var batch = new List<OutgoingMessage>();
        var size = 0;
        foreach (var message in messages)
        {
            var length = message.Body.Length + Envelope;
            if (batch.Count > 0 && size + length > Largest)
            {
                yield return new OutgoingBatch(batch);
                (batch, size) = ([], 0);
            }

            batch.Add(message);
            size += length;
        }

        if (batch.Count > 0)
        {
            yield return new OutgoingBatch(batch);
        }
    }

    public Message ToAmqp(Activity? activity)
    {
        if (Messages is [var single])
        {
            return single.ToAmqp(activity);
        }

        var sections = new DataList();
        foreach (var message in Messages)
        {
            var encoded = message.ToAmqp(activity).Encode();
            sections.Add(new Data { Binary = encoded.Buffer.AsSpan(encoded.Offset, encoded.Length).ToArray() });
        }

        return new Message { Header = new Header { Durable = true }, BodySection = sections, Format = Format };
    }
}
