using Amqp;
using Amqp.Types;
using Repaint.LocalBus.Queues;

namespace Repaint.LocalBus.Amqp;

/// <summary>Scheduling messages, whose sequence numbers the sender is told, and taking them back.</summary>
internal sealed class ManagedSchedule(BusQueue queue, TimeProvider time)
{
    private const int MostMessages = 1000;

    // A duplicate has been dropped: there is nothing under number zero to take back.
    public void Schedule(Map body, Action<Message> reply) => queue.Enqueue(
        Messages(body),
        sequences => reply(ManagementReply.Ok(new Map { ["sequence-numbers"] = sequences.Select(sequence => sequence ?? 0).ToArray() })),
        _ => reply(ManagementReply.NotStored()));

    public void Cancel(Map body, Action<Message> reply)
    {
        var sequences = ManagementReply.SequenceNumbers(body);
        var left = sequences.Length;
        var missing = false;
        Exception? failure = null;
        foreach (var sequence in sequences)
        {
            queue.CancelScheduled(sequence, (cancelled, exception) =>
            {
                failure ??= exception;
                missing |= !cancelled;
                if (Interlocked.Decrement(ref left) == 0)
                {
                    reply(failure is not null ? ManagementReply.NotStored() : missing ? ManagementReply.MessageNotFound() : ManagementReply.Ok([]));
                }
            });
        }
    }

    private NewMessage[] Messages(Map body)
    {
        if (body["messages"] is not IEnumerable<object> entries)
        {
            throw new InvalidDataException("messages is not understood.");
        }

        var now = time.GetUtcNow();
        NewMessage[] messages = [.. entries.Take(MostMessages + 1).SelectMany(entry => (entry as Map)?["message"] is byte[] encoded
            ? IncomingMessage.Unpack(Message.Decode(new ByteBuffer(encoded, 0, encoded.Length, encoded.Length)), now)
            : throw new InvalidDataException("messages holds something else than messages."))];
        return messages.Length is > 0 and <= MostMessages
            ? messages
            : throw new InvalidDataException($"From one to {MostMessages} messages are scheduled at once.");
    }
}
