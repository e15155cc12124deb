using Repaint.Local.Processes;
using Repaint.Local.Topology;

namespace Repaint.Local.Supervision;

/// <summary>One resource from its first start to its end, with the restarts in between.</summary>
internal sealed class SupervisedResource(Resource resource, string logFile, Action<string> report, Action changed, TimeProvider time)
{
    private static readonly TimeSpan FirstHealthTimeout = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan SteadyAfter = TimeSpan.FromMinutes(1);

    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ChildProcess? _process;
    private ResourceState _state = ResourceState.Waiting;
    private int _restarts;

    public Resource Resource => resource;

    /// <summary>Completes when it is healthy, or done, for the first time.</summary>
    public Task Ready => _ready.Task;

    public ResourceStatus Status => new(
        resource.Name, _state, _process is { Exited.IsCompleted: false } process ? process.Id : null, _restarts, resource.Url, logFile);

    /// <summary>Starts it when <paramref name="dependencies"/> are ready, and keeps it alive until <paramref name="stopping"/>.</summary>
    /// <exception cref="LocalException">It did not become healthy the first time.</exception>
    public async Task RunAsync(Task dependencies, CancellationToken stopping)
    {
        try
        {
            await dependencies.WaitAsync(stopping);
            await resource.Prepare(stopping);
            await StartAsync();
            await BecomeReadyAsync(stopping);
            _ready.SetResult();
            if (resource.IsHealthy is not null)
            {
                await KeepAliveAsync(stopping);
            }
        }
        catch (Exception exception)
        {
            _ready.TrySetException(exception);
            throw;
        }
    }

    /// <summary>Stops the process, if there is one. <see cref="RunAsync"/> must have ended.</summary>
    public async Task StopAsync()
    {
        if (_process is { } process)
        {
            await process.DisposeAsync();
            _process = null;
            MoveTo(ResourceState.Stopped);
        }
    }

    private async Task StartAsync()
    {
        if (_process is { } previous)
        {
            await previous.DisposeAsync();
        }

        _process = await ChildProcess.StartAsync(resource.Command with { LogFile = logFile });
        MoveTo(ResourceState.Starting);
    }

    private async Task BecomeReadyAsync(CancellationToken stopping)
    {
        var started = time.GetTimestamp();
        if (resource.IsHealthy is null)
        {
            var exitCode = await _process!.Exited.WaitAsync(stopping);
            if (exitCode != 0)
            {
                throw new LocalException(Describe($"{resource.Name} failed (exit code {exitCode})."));
            }

            MoveTo(ResourceState.Done);
        }
        else
        {
            await Condition.WaitAsync($"{resource.Name} is healthy (log: {logFile})", async cancellation => _process!.Exited.IsCompleted
                ? throw new LocalException(Describe($"{resource.Name} ended while starting (exit code {await _process.Exited})."))
                : await resource.IsHealthy(cancellation), FirstHealthTimeout, stopping);
            MoveTo(ResourceState.Healthy);
        }

        var seconds = time.GetElapsedTime(started).TotalSeconds;
        report($"  {resource.Name,-18} {(resource.IsHealthy is null ? "done" : "healthy")} after {seconds:0.0} s");
    }

    private async Task KeepAliveAsync(CancellationToken stopping)
    {
        var pause = ShortestPause;
        while (true)
        {
            var healthySince = time.GetTimestamp();
            var exitCode = await _process!.Exited.WaitAsync(stopping);
            pause = time.GetElapsedTime(healthySince) > SteadyAfter ? ShortestPause : pause;
            _restarts++;
            MoveTo(ResourceState.Restarting);
            report(Describe($"{resource.Name} ended (exit code {exitCode}); starting it again in {pause.TotalSeconds:0.#} s."));
            await Task.Delay(pause, time, stopping);
            pause = TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, LongestPause.Ticks));

            await StartAsync();
            await HealthyOrExitedAsync(stopping);
        }
    }

    private async Task HealthyOrExitedAsync(CancellationToken stopping)
    {
        try
        {
            await Condition.WaitAsync(
                resource.Name,
                async cancellation => _process!.Exited.IsCompleted || await resource.IsHealthy!(cancellation),
                FirstHealthTimeout, stopping);
        }
        catch (LocalException)
        {
            report($"{resource.Name} runs again but is not healthy; see {logFile}.");
            return;
        }

        if (!_process!.Exited.IsCompleted)
        {
            MoveTo(ResourceState.Healthy);
            report($"{resource.Name} is healthy again.");
        }
    }

    private string Describe(string what) => $"{what} Its log's last lines ({logFile}):\n{LogTail.Read(logFile)}";

    private void MoveTo(ResourceState state)
    {
        _state = state;
        changed();
    }
}
