using Repaint.Local.Topology;

namespace Repaint.Local.Supervision;

/// <summary>Starts resources in the order they wait for each other, keeps them alive, and stops them the other way round.</summary>
internal sealed class Supervisor : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<SupervisedResource> _resources;
    private readonly Dictionary<string, Task> _lives = [];
    private readonly TimeProvider _time;
    private Task _rotation = Task.CompletedTask;

    /// <param name="resources">In starting order; each may wait for earlier ones.</param>
    /// <param name="logFolder">Gets a file for each.</param>
    /// <param name="report">Lines for a person.</param>
    /// <param name="changed">Called, on any thread, when a status has changed.</param>
    /// <param name="time">The clock.</param>
    public Supervisor(
        IReadOnlyList<Resource> resources, string logFolder, Action<string> report, Action<Supervisor> changed, TimeProvider time)
    {
        _time = time;
        _resources = [.. resources.Select(resource => new SupervisedResource(
            resource, StartLog(logFolder, resource.Name), report, () => changed(this), time))];
    }

    public IReadOnlyList<ResourceStatus> Statuses => [.. _resources.Select(resource => resource.Status)];

    /// <summary>Starts everything and waits until all of it is healthy. When something fails, stops all of it again.</summary>
    /// <exception cref="LocalException">Something could not be started.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _rotation = LogRotation.RunAsync([.. Statuses.Select(status => status.LogFile)], _time, _stopping.Token);
        var ready = _resources.ToDictionary(resource => resource.Resource.Name, resource => resource.Ready);
        foreach (var resource in _resources)
        {
            var dependencies = Task.WhenAll(resource.Resource.WaitsFor.Select(name => ready[name]));
            _lives[resource.Resource.Name] = resource.RunAsync(dependencies, _stopping.Token);
        }

        try
        {
            await foreach (var next in Task.WhenEach(ready.Values).WithCancellation(cancellationToken))
            {
                await next;
            }
        }
        catch
        {
            await StopAsync();
            throw;
        }
    }

    /// <summary>Stops everything: each as soon as nothing that needs it runs any more.</summary>
    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        var stopped = new Dictionary<string, Task>();
        foreach (var resource in Enumerable.Reverse(_resources))
        {
            var dependents = _resources.Where(other => other.Resource.WaitsFor.Contains(resource.Resource.Name));
            stopped[resource.Resource.Name] = StopAsync(resource, [.. dependents.Select(other => stopped[other.Resource.Name])]);
        }

        await Task.WhenAll(stopped.Values);
        await _rotation.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stopping.Dispose();
    }

    private async Task StopAsync(SupervisedResource resource, Task[] dependents)
    {
        await Task.WhenAll(dependents);
        if (_lives.TryGetValue(resource.Resource.Name, out var life))
        {
            // It ends by cancellation, or ended by a failure that StartAsync has thrown.
            await life.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }

        await resource.StopAsync();
    }

    /// <summary>One log for each run; the one before is kept.</summary>
    private static string StartLog(string folder, string name)
    {
        var path = Path.Combine(folder, name + ".log");
        if (File.Exists(path))
        {
            File.Move(path, LogRotation.Previous(path), overwrite: true);
        }

        return path;
    }
}
