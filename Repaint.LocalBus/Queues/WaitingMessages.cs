using Repaint.LocalBus.Storage;

namespace Repaint.LocalBus.Queues;

/// <summary>
/// The sequence numbers next to be delivered. A bounded window on what waits in the database, so that a hundred
/// thousand waiting messages cost no memory. Not thread-safe: its queue guards it.
/// </summary>
internal sealed class WaitingMessages(string address, int window)
{
    private readonly SortedSet<long> _ready = [];
    private long _loadedTo;
    private bool _moreInStore = true;

    public bool Remove(long sequence) => _ready.Remove(sequence);

    /// <summary>
    /// A message became deliverable. Beyond the window it is left to be loaded; before it (given back, dead-lettered,
    /// or due at last) no load would find it again, so it is taken in however full the window is.
    /// </summary>
    public void Add(long sequence)
    {
        if (sequence > _loadedTo)
        {
            if (_moreInStore || _ready.Count >= window)
            {
                _moreInStore = true;
                return;
            }

            _loadedTo = sequence;
        }

        _ready.Add(sequence);
    }

    /// <summary>A message just inserted. Not beyond the window means that a load has found it already.</summary>
    public void AddNew(long sequence)
    {
        if (sequence > _loadedTo)
        {
            Add(sequence);
        }
    }

    public long? Take(StoreReader store)
    {
        if (_ready.Count == 0 && _moreInStore)
        {
            var loaded = store.Waiting(address, _loadedTo, window);
            _moreInStore = loaded.Count == window;
            foreach (var sequence in loaded)
            {
                _loadedTo = sequence;
                _ready.Add(sequence);
            }
        }

        if (_ready.Count == 0)
        {
            return null;
        }

        var next = _ready.Min;
        _ready.Remove(next);
        return next;
    }
}
