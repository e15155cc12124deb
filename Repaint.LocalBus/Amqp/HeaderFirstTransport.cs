using System.Security.Principal;
using Amqp;
using Amqp.Listener;

namespace Repaint.LocalBus.Amqp;

/// <summary>
/// Holds back what the listener sends after the SASL outcome until the client has spoken. The library sends protocol
/// header and open in the same packet as the outcome; Microsoft's JavaScript client, still switching layers then,
/// loses them and waits for ever.
/// </summary>
internal sealed class HeaderFirstTransport(IAsyncTransport inner, IPrincipal? principal) : IAsyncTransport, IAuthenticated
{
    private readonly TaskCompletionSource _clientSpoke = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Who the client proved to be; null when it has yet to show a token to <c>$cbs</c>.</summary>
    public IPrincipal? Principal { get; } = principal;

    public void SetConnection(Connection connection) => inner.SetConnection(connection);

    public async Task SendAsync(IList<ByteBuffer> bufferList, int listSize)
    {
        await _clientSpoke.Task;
        await inner.SendAsync(bufferList, listSize);
    }

    public async Task<int> ReceiveAsync(byte[] buffer, int offset, int count)
    {
        try
        {
            return await inner.ReceiveAsync(buffer, offset, count);
        }
        finally
        {
            _clientSpoke.TrySetResult();
        }
    }

    public void Send(ByteBuffer buffer) => inner.Send(buffer);

    public int Receive(byte[] buffer, int offset, int count) => inner.Receive(buffer, offset, count);

    public void Close()
    {
        _clientSpoke.TrySetResult();
        inner.Close();
    }
}
