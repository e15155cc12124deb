using System.Net.Sockets;
using System.Text;

namespace Repaint.Tests.Gateway;

/// <summary>Asks for a picture, reads its beginning, and then neither reads on nor goes away.</summary>
internal sealed class StalledClient : IDisposable
{
    private readonly TcpClient _client = new() { ReceiveBufferSize = 4096 };

    public static async Task<StalledClient> StartAsync(Uri gateway, string url)
    {
        var client = new StalledClient();
        await client._client.ConnectAsync(gateway.Host, gateway.Port, TestContext.Current.CancellationToken);
        var stream = client._client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"GET {url} HTTP/1.1\r\nHost: test\r\n\r\n"), TestContext.Current.CancellationToken);
        await stream.ReadExactlyAsync(new byte[1000], TestContext.Current.CancellationToken);
        return client;
    }

    /// <summary>Reads on to the end; returns how many bytes came, or null when the connection was reset.</summary>
    public async Task<long?> ReadRestAsync()
    {
        var buffer = new byte[64 << 10];
        var total = 0L;
        try
        {
            while (await _client.GetStream().ReadAsync(buffer, TestContext.Current.CancellationToken) is var read and > 0)
            {
                total += read;
            }

            return total;
        }
        catch (IOException)
        {
            return null;
        }
    }

    public void Dispose()
    {
        _client.LingerState = new LingerOption(true, 0);
        _client.Dispose();
    }
}
