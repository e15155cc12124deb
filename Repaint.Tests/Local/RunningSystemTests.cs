using System.Net;
using System.Net.Sockets;
using Repaint.Local;
using Repaint.Local.Topology;
using Repaint.Tests.Infrastructure;

namespace Repaint.Tests.Local;

/// <summary>What keeps a system from starting is said before anything is started.</summary>
public sealed class RunningSystemTests : IDisposable
{
    private readonly TemporaryFolder _folder = new("refused");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_port_in_use_is_named()
    {
        var ports = FreePort.NextMap();
        using var somebody = new TcpListener(IPAddress.Loopback, ports.Dashboard);
        somebody.Start();

        var failure = await Assert.ThrowsAsync<LocalException>(
            () => RunningSystem.StartAsync(new DataFolder(_folder.Path), ports, lan: null, _ => { }, Cancellation));

        Assert.Contains($"in use: {ports.Dashboard}.", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_instance_on_the_same_folder_is_refused()
    {
        var data = new DataFolder(_folder.Path);
        data.Create();
        using var first = data.Lock();

        var failure = await Assert.ThrowsAsync<LocalException>(
            () => RunningSystem.StartAsync(new DataFolder(_folder.Path), FreePort.NextMap(), lan: null, _ => { }, Cancellation));

        Assert.Contains("Another instance", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Secrets_are_made_once_and_for_their_owner_only()
    {
        var data = new DataFolder(_folder.Path);
        data.Create();

        var key = data.Secret("key");
        var account = data.StaffAccount();

        Assert.Equal(key, new DataFolder(_folder.Path).Secret("key"));
        Assert.Equal(account, new DataFolder(_folder.Path).StaffAccount());
        Assert.NotEqual(key, data.Secret("other"));
        Assert.Equal(43, key.Length);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(data.StaffAccountFile));
    }

    public void Dispose() => _folder.Dispose();
}
