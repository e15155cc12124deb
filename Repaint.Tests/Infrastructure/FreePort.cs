using System.Net;
using System.Net.Sockets;
using Repaint.Local.Topology;

namespace Repaint.Tests.Infrastructure;

/// <summary>
/// Ports for this run, each given out once. They lie below those that the kernel takes for outgoing connections: those
/// might take a port before its server does, or while that is being restarted.
/// </summary>
internal static class FreePort
{
    private const int First = 20_000;
    private const int Last = 31_999;

    private static readonly Lock Gate = new();
    // Another run on this machine begins elsewhere.
    private static int _next = Random.Shared.Next(First, Last);

    /// <summary>A port of 127.0.0.1 on which nobody listens.</summary>
    public static int Next() => Take(1, IsFree);

    /// <summary>Ports for a whole system.</summary>
    public static PortMap NextMap() => new(Take(PortMap.Count, port => !new PortMap(port).InUse().Any()));

    private static int Take(int count, Func<int, bool> isFree)
    {
        lock (Gate)
        {
            while (true)
            {
                var port = _next + count - 1 <= Last ? _next : First;
                _next = port + count;
                if (isFree(port))
                {
                    return port;
                }
            }
        }
    }

    private static bool IsFree(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
