using System.Net;
using System.Net.Sockets;
using Repaint.Local.Topology;

namespace Repaint.Tests.Infrastructure;

internal static class FreePort
{
    /// <summary>A port of 127.0.0.1 that was free a moment ago.</summary>
    public static int Next()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Free ports for a whole system, below those that the kernel hands out by itself.</summary>
    public static PortMap NextMap()
    {
        while (true)
        {
            var ports = new PortMap(Random.Shared.Next(20_000, 32_000));
            if (!ports.InUse().Any())
            {
                return ports;
            }
        }
    }
}
