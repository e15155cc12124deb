[assembly: AssemblyFixture(typeof(Repaint.Tests.Infrastructure.LocalBusFixture))]

namespace Repaint.Tests.Infrastructure;

/// <summary>
/// Local buses in this process. Each test takes its own, as two tests on one queue would take each other's messages.
/// </summary>
public sealed class LocalBusFixture : IAsyncDisposable
{
    private readonly List<TestBus> _buses = [];

    /// <summary>Starts a bus with this system's queues and returns its connection string; it runs until the run ends.</summary>
    public async Task<string> StartAsync()
    {
        var bus = await TestBus.CreateAsync();
        lock (_buses)
        {
            _buses.Add(bus);
        }

        return bus.ConnectionString;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var bus in _buses)
        {
            await bus.DisposeAsync();
        }
    }
}
