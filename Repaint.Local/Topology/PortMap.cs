using System.Net;
using System.Net.Sockets;

namespace Repaint.Local.Topology;

/// <summary>Ports of one system, counted from a base; all on 127.0.0.1.</summary>
/// <param name="Base">Port of the API.</param>
internal sealed record PortMap(int Base)
{
    public const int DefaultBase = 5080;
    public const int MaxBase = 65535 - Count + 1;
    public const int Count = 14;

    public int Api => Base;
    public int Gateway => Base + 1;
    public int GatewayInternal => Base + 2;
    public int Identity => Base + 3;
    public int Dashboard => Base + 4;
    public int OtlpGrpc => Base + 5;
    public int OtlpHttp => Base + 6;
    public int Postgres => Base + 7;
    public int Bus => Base + 8;
    public int Blobs => Base + 9;
    public int ClusteringHealth => Base + 10;
    public int GenerationHealth => Base + 11;
    public int BusHealth => Base + 12;
    public int ApiMetrics => Base + 13;

    /// <summary>Those of these ports on which somebody listens.</summary>
    public IEnumerable<int> InUse() => Enumerable.Range(Base, Count).Where(IsInUse);

    public static string Url(int port) => $"http://127.0.0.1:{port}";

    private static bool IsInUse(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return false;
        }
        catch (SocketException)
        {
            return true;
        }
    }
}
