using Repaint.Contracts.Http;
using Repaint.Local;
using Repaint.Local.Demo;
using Repaint.Local.Processes;
using Repaint.Local.Supervision;
using Repaint.Local.Topology;

namespace Repaint.Benchmarks.Festival;

/// <summary>The whole system as <c>./repaint up</c> starts it, and an event with one spot that gives to everybody.</summary>
internal sealed class FestivalStage : IAsyncDisposable
{
    public const int Palettes = 8;

    private const int JoiningAtOnce = 8;

    private readonly string _folder;
    private readonly RunningSystem _system;

    private FestivalStage(string folder, RunningSystem system, StaffClient staff, Guid eventId, SpotDetails spot)
    {
        _folder = folder;
        _system = system;
        Staff = staff;
        EventId = eventId;
        Spot = spot;
    }

    public StaffClient Staff { get; }

    public Guid EventId { get; }

    public SpotDetails Spot { get; }

    public IReadOnlyList<ResourceStatus> Resources => _system.State.Resources;

    public static async Task<FestivalStage> StartAsync(TextWriter output, CancellationToken cancellationToken)
    {
        // Made by the data folder itself, which knows who must be able to enter it.
        var folder = Path.Combine(Path.GetTempPath(), $"repaint-festival-{Path.GetRandomFileName()}");
        RunningSystem? system = null;
        try
        {
            var data = new DataFolder(folder);
            system = await RunningSystem.StartAsync(data, FreePorts(), lan: null, Report, cancellationToken);
            var staff = StaffClient.For(system.State, data, TimeProvider.System);
            var created = await staff.CreateEventAsync(new EventSettings("Festival", Palettes, CooldownSeconds: 0), cancellationToken);
            var spot = await staff.CreateSpotAsync(created.Id, new SpotSettings("Gate"), cancellationToken);
            return new FestivalStage(folder, system, staff, created.Id, spot);
        }
        catch
        {
            if (system is not null)
            {
                await system.DisposeAsync();
            }

            Directory.Delete(folder, recursive: true);
            throw;
        }

        // Without the last lines of its log, which follow when a process ends.
        void Report(string report) => output.WriteLine(report.Split('\n')[0]);
    }

    /// <summary>Visitors who hold one palette and are not photographed yet.</summary>
    public async Task<IReadOnlyList<FestivalVisitor>> InviteAsync(int count, CancellationToken cancellationToken)
    {
        var visitors = new FestivalVisitor[count];
        await Parallel.ForAsync(
            0, count, new ParallelOptions { MaxDegreeOfParallelism = JoiningAtOnce, CancellationToken = cancellationToken },
            async (index, cancellation) =>
                visitors[index] = await FestivalVisitor.JoinAsync(_system.State.Urls.Api, EventId, Spot, cancellation));
        return visitors;
    }

    /// <summary>Ends a process as a crash would, or, where that would lose what it only seemed to have stored, in order.</summary>
    /// <returns>False when it does not run just now.</returns>
    public bool Crash(string resource, Signal signal) =>
        Resources.Single(status => status.Name == resource).ProcessId is { } process && Signals.Send(process, signal);

    public async ValueTask DisposeAsync()
    {
        Staff.Dispose();
        await _system.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Below the ports that the kernel gives to outgoing connections.</summary>
    private static PortMap FreePorts()
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
