using Repaint.LocalBus.Storage;

namespace Repaint.LocalBus.Queues;

// What $management offers beside locks: looking, cancelling, and receiving what was set aside.
internal sealed partial class BusQueue
{
    private const int LargestPage = 256 * 1024;

    /// <summary>
    /// Messages from a sequence number on, in whatever state, locked ones too. A page ends early when it becomes large.
    /// </summary>
    public IReadOnlyList<StoredMessage> Peek(long from, int limit)
    {
        var page = new List<StoredMessage>();
        var size = 0;
        lock (_browsing)
        {
            foreach (var message in _browser.Browse(Address, from, limit))
            {
                page.Add(message);
                size += message.Message.Length;
                if (size >= LargestPage)
                {
                    break;
                }
            }
        }

        return page;
    }

    /// <summary>Takes back a scheduled message; <paramref name="done"/> runs with whether there was one.</summary>
    public void CancelScheduled(long sequence, Action<bool, Exception?> done) => _store.Write(
        writer =>
        {
            var cancelled = writer.CancelScheduled(Address, sequence);
            return () => done(cancelled, null);
        },
        exception => done(false, exception));

    /// <summary>Locks messages that were set aside; null when one of them is not, or is locked already.</summary>
    public IReadOnlyList<(StoredMessage Message, MessageLock Held)>? TakeDeferred(IReadOnlyCollection<long> sequences)
    {
        var taken = new List<(StoredMessage, MessageLock)>();
        lock (_browsing)
        {
            lock (_gate)
            {
                foreach (var sequence in sequences)
                {
                    if (_held.Contains(sequence) || !_browser.IsDeferred(Address, sequence) || _browser.Find(sequence) is not { } message)
                    {
                        taken.ForEach(one => _held.Free(one.Item2));
                        return null;
                    }

                    taken.Add((message, _held.Hold(sequence)));
                }
            }
        }

        return taken;
    }
}
