using Repaint.Local.Processes;

namespace Repaint.Local.Topology;

/// <summary>One process of the system.</summary>
/// <param name="Name">As in <see cref="Contracts.ResourceNames"/>, where services know it.</param>
/// <param name="Command">How to start it.</param>
/// <param name="IsHealthy">Whether it serves; null for one that does its work and exits.</param>
internal sealed record Resource(string Name, ProcessCommand Command, Func<CancellationToken, Task<bool>>? IsHealthy)
{
    /// <summary>Names of those that must be healthy, or done, before it starts.</summary>
    public IReadOnlyList<string> WaitsFor { get; init; } = [];

    /// <summary>Done before its first start.</summary>
    public Func<CancellationToken, Task> Prepare { get; init; } = _ => Task.CompletedTask;

    /// <summary>Where people or programs reach it; null when only its neighbours do.</summary>
    public string? Url { get; init; }
}
