using Repaint.Local.Demo;
using Repaint.Local.Lan;
using Repaint.Local.Processes;
using Repaint.Local.Supervision;
using Repaint.Local.Topology;

namespace Repaint.Local;

/// <summary>The whole system, running as children of this process.</summary>
internal sealed class RunningSystem : IAsyncDisposable
{
    // Services finish their requests, PostgreSQL its checkpoint.
    private static readonly TimeSpan KilledPatience = TimeSpan.FromSeconds(45);
    private static readonly TimeSpan PortsPause = TimeSpan.FromMilliseconds(250);

    private readonly Lock _writing = new();
    private readonly DataFolder _data;
    private readonly PublicAddresses _addresses;
    private readonly IDisposable _lock;
    private readonly Supervisor _supervisor;
    private bool _ready;

    private RunningSystem(
        DataFolder data, PublicAddresses addresses, IDisposable folderLock, SystemTopology topology, Action<string> report)
    {
        _data = data;
        _addresses = addresses;
        _lock = folderLock;
        Topology = topology;
        _supervisor = new Supervisor(topology.Resources, data.Logs, report, WriteState, TimeProvider.System);
    }

    public SystemTopology Topology { get; }

    public SystemState State => NewState(_supervisor);

    /// <summary>Starts everything, waits until it is healthy and the demo event exists. When that fails, nothing is left running.</summary>
    /// <exception cref="LocalException">What is wrong, in words.</exception>
    public static async Task<RunningSystem> StartAsync(
        DataFolder data, PortMap ports, LanOptions? lan, Action<string> report, CancellationToken cancellationToken)
    {
        data.Create();
        var folderLock = data.Lock();
        try
        {
            await ClaimPortsAsync(data, ports, report, cancellationToken);
            var exposure = lan is null ? null : LanExposure.Prepare(lan, data.In("tls"), TimeProvider.System.GetUtcNow());
            var addresses = new PublicAddresses(ports, exposure);
            var topology = new SystemTopology(data, addresses, await NpmPackages.InstallAsync(report, cancellationToken));
            var system = new RunningSystem(data, addresses, folderLock, topology, report);
            await system.StartAsync(cancellationToken);
            return system;
        }
        catch
        {
            folderLock.Dispose();
            throw;
        }
    }

    /// <summary>Sees to it that the ports are free; what a killed supervisor left behind gets the time it needs to end.</summary>
    /// <exception cref="LocalException">They are not.</exception>
    internal static async Task ClaimPortsAsync(DataFolder data, PortMap ports, Action<string> report, CancellationToken cancellationToken)
    {
        if (File.Exists(data.StateFile) && ports.InUse().Any())
        {
            report("The last run was killed. Waiting for its processes to end…");
            var began = TimeProvider.System.GetTimestamp();
            while (ports.InUse().Any() && TimeProvider.System.GetElapsedTime(began) < KilledPatience)
            {
                await Task.Delay(PortsPause, TimeProvider.System, cancellationToken);
            }
        }

        if (ports.InUse().ToList() is { Count: > 0 } taken)
        {
            throw new LocalException(
                $"These ports of 127.0.0.1 are in use: {string.Join(", ", taken)}. Choose others with --ports BASE (BASE to BASE+13).");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _supervisor.DisposeAsync();
        File.Delete(_data.StateFile);
        _lock.Dispose();
    }

    private async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _supervisor.StartAsync(cancellationToken);
            using var staff = StaffClient.For(State, _data, TimeProvider.System);
            await DemoEvent.EnsureAsync(staff, cancellationToken);
            _ready = true;
            WriteState(_supervisor);
        }
        catch
        {
            await _supervisor.DisposeAsync();
            File.Delete(_data.StateFile);
            throw;
        }
    }

    private void WriteState(Supervisor supervisor)
    {
        lock (_writing)
        {
            NewState(supervisor).Write(_data);
        }
    }

    private SystemState NewState(Supervisor supervisor) => new(
        ProcessIdentity.Current, _ready, _data.Path, SystemUrls.Of(_addresses), _data.StaffAccountFile, supervisor.Statuses,
        _addresses.Lan);
}
