using System.Collections.Concurrent;

namespace Repaint.ImageGateway.OneTimeUrls;

/// <summary>
/// The responses this process is sending, so that one that is taken over stops at once; in another process it stops at its
/// next sign of life.
/// </summary>
internal sealed class ActiveStreams
{
    private readonly ConcurrentDictionary<Guid, CancellationTokenSource> _streams = new();

    public void Add(Guid streamId, CancellationTokenSource stop) => _streams[streamId] = stop;

    public void Remove(Guid streamId) => _streams.TryRemove(streamId, out _);

    public void Stop(Guid streamId)
    {
        if (_streams.TryRemove(streamId, out var stop))
        {
            try
            {
                stop.Cancel();
            }
            catch (ObjectDisposedException)
            {
                // It ended by itself meanwhile.
            }
        }
    }
}
