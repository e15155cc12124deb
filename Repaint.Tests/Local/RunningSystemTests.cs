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
    public async Task What_a_killed_run_left_behind_is_waited_for()
    {
        var data = new DataFolder(_folder.Path);
        data.Create();
        File.WriteAllText(data.StateFile, "{}");
        var ports = FreePort.NextMap();
        using var left = new TcpListener(IPAddress.Loopback, ports.Postgres);
        left.Start();

        await RunningSystem.ClaimPortsAsync(data, ports, _ => left.Stop(), Cancellation);

        Assert.Empty(ports.InUse());
    }

    [Fact]
    public void What_other_users_must_not_read_is_closed_to_them_even_if_it_was_open()
    {
        var data = new DataFolder(_folder.Path);
        Directory.CreateDirectory(data.Bus);
        data.Create();

        Assert.All((string[])[data.Logs, data.In("secrets"), data.Bus], folder => Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder)));
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
    public void A_folder_that_cannot_be_used_is_told_with_what_to_do()
    {
        var file = Path.Combine(_folder.Path, "file");
        File.WriteAllText(file, "");

        var failure = Assert.Throws<LocalException>(() => new DataFolder(Path.Combine(file, "data")).Create());

        Assert.Contains("Choose another with --data DIR", failure.Message, StringComparison.Ordinal);
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
