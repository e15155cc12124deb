using Amqp;
using Amqp.Types;
using Repaint.LocalBus.Queues;

namespace Repaint.LocalBus.Amqp;

/// <summary>Scheduling messages, whose sequence numbers the sender is told, and taking them back.</summary>
internal sealed class ManagedSchedule(BusQueue queue, TimeProvider time)
{
    private const int MostMessages = 1000;

    public void Schedule(Map body, Action<Message> reply)
    {
        var messages = Messages(body);
        var sequences = new long[messages.Length];
        var left = messages.Length;
        Exception? failure = null;
        for (var index = 0; index < messages.Length; index++)
        {
            var message = messages[index];
            var place = index;
            queue.Enqueue(message.Encoded, message.MessageId, message.ScheduledAt, message.TimeToLive, (sequence, exception) =>
            {
                failure ??= exception;
                // A duplicate has been dropped: there is nothing under number zero to take back.
                sequences[place] = sequence ?? 0;
                if (Interlocked.Decrement(ref left) == 0)
                {
                    reply(failure is null ? ManagementReply.Ok(new Map { ["sequence-numbers"] = sequences }) : ManagementReply.NotStored());
                }
            });
        }
    }

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

    private IncomingMessage[] Messages(Map body)
    {
        if (body["messages"] is not IEnumerable<object> entries)
        {
            throw new InvalidDataException("messages is not understood.");
        }

        var now = time.GetUtcNow();
        IncomingMessage[] messages = [.. entries.Take(MostMessages + 1).SelectMany(entry => (entry as Map)?["message"] is byte[] encoded
            ? IncomingMessage.Unpack(Message.Decode(new ByteBuffer(encoded, 0, encoded.Length, encoded.Length)), now)
            : throw new InvalidDataException("messages holds something else than messages."))];
        return messages.Length is > 0 and <= MostMessages
            ? messages
            : throw new InvalidDataException($"From one to {MostMessages} messages are scheduled at once.");
    }
}
