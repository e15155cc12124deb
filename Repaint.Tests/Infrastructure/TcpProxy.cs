using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Repaint.Tests.Infrastructure;

/// <summary>Stands between a client and a port of this machine, to cut connections without either end's consent.</summary>
internal sealed class TcpProxy : IAsyncDisposable
{
    private readonly ConcurrentDictionary<Socket, byte> _sockets = new();
    private readonly TcpListener _listener;
    private readonly Task _accepting;
    private readonly int _target;

    /// <param name="target">The port behind it.</param>
    /// <param name="address">Where it listens itself; 127.0.0.1 by default.</param>
    public TcpProxy(int target, IPAddress? address = null)
    {
        _target = target;
        _listener = new TcpListener(address ?? IPAddress.Loopback, 0);
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    public int Port { get; }

    /// <summary>Asked for each new connection: after how many bytes, in either direction, it is reset. Null: never.</summary>
    public Func<int>? CutAfter { get; set; }

    /// <summary>Resets every connection; new ones are let through.</summary>
    public void CutAll()
    {
        foreach (var socket in _sockets.Keys)
        {
            _sockets.TryRemove(socket, out _);
            socket.Close(timeout: 0);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _accepting;
        CutAll();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptSocketAsync();
                var server = new Socket(SocketType.Stream, ProtocolType.Tcp);
                await server.ConnectAsync(IPAddress.Loopback, _target);
                _sockets[client] = _sockets[server] = 0;
                var budget = new StrongBox<int>(CutAfter?.Invoke() ?? int.MaxValue);
                _ = PumpAsync(client, server, budget);
                _ = PumpAsync(server, client, budget);
            }
        }
        catch (Exception exception) when (exception is SocketException or InvalidOperationException)
        {
            // It was stopped: while it accepted, in between, or before it began.
        }
    }

    private async Task PumpAsync(Socket from, Socket to, StrongBox<int> budget)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer) is > 0 and var length)
            {
                var left = CutAfter is null ? length : Interlocked.Add(ref budget.Value, -length) + length;
                await to.SendAsync(buffer.AsMemory(0, Math.Clamp(left, 0, length)));
                if (left < length)
                {
                    // Somewhere in the middle of a frame.
                    from.Close(timeout: 0);
                    to.Close(timeout: 0);
                    break;
                }
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
        }

        _sockets.TryRemove(from, out _);
        to.Close();
    }
}
