using Amqp;
using Amqp.Framing;
using Amqp.Types;
using Repaint.LocalBus.Queues;
using Repaint.LocalBus.Storage;

namespace Repaint.LocalBus.Amqp;

/// <summary>Looking at messages without locking them, and receiving those that were set aside.</summary>
internal sealed class ManagedBrowsing(BusQueue queue)
{
    private const int LongestPage = 250;

    private static readonly Symbol State = "x-opt-message-state";

    private string? DeadLetterSource => queue.IsDeadLetterQueue ? queue.Source : null;

    public void Peek(Map body, Action<Message> reply)
    {
        if (body["from-sequence-number"] is not long from || body["message-count"] is not (int and > 0 and var count))
        {
            throw new InvalidDataException("from-sequence-number or message-count is not understood.");
        }

        var omitBody = body["omit-message-body"] is true;
        var page = new List();
        foreach (var stored in queue.Peek(from, Math.Min(count, LongestPage)))
        {
            page.Add(ManagementReply.MessageEntry(Describe(stored, omitBody)));
        }

        reply(page.Count == 0 ? ManagementReply.NoContent() : ManagementReply.Ok(new Map { ["messages"] = page }));
    }

    public void ReceiveDeferred(Map body, Action<Message> reply)
    {
        // 0: the receiver takes them for good; 1: it settles them by lock token.
        var settled = body["receiver-settle-mode"] is 0u or (byte)0;
        if (queue.TakeDeferred(ManagementReply.SequenceNumbers(body)) is not { } taken)
        {
            reply(ManagementReply.MessageNotFound());
            return;
        }

        var messages = new List();
        foreach (var (stored, held) in taken)
        {
            var entry = ManagementReply.MessageEntry(LockedMessage.Of(stored, held.Token, held.Until, DeadLetterSource));
            entry["lock-token"] = held.Token;
            messages.Add(entry);
            if (settled)
            {
                queue.Settle(held.Token, new Settlement.Complete(), static _ => { });
            }
        }

        reply(ManagementReply.Ok(new Map { ["messages"] = messages }));
    }

    private Message Describe(StoredMessage stored, bool omitBody)
    {
        var message = LockedMessage.Dress(stored, DeadLetterSource);
        message.MessageAnnotations.Map[State] = (int)stored.State;
        if (omitBody)
        {
            message.BodySection = new Data { Binary = [] };
        }

        return message;
    }
}
