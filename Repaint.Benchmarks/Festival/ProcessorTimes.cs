using System.Diagnostics;
using System.Globalization;
using Repaint.Local.Supervision;

namespace Repaint.Benchmarks.Festival;

/// <summary>Processor time that each part of the system has taken so far, with the processes it has started.</summary>
internal sealed class ProcessorTimes
{
    private readonly IReadOnlyDictionary<string, TimeSpan> _byResource;

    private ProcessorTimes(IReadOnlyDictionary<string, TimeSpan> byResource) => _byResource = byResource;

    public static ProcessorTimes Read(IEnumerable<ResourceStatus> resources)
    {
        var children = Directory.EnumerateDirectories("/proc")
            .Select(folder => int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var id) ? id : 0)
            .Where(id => id > 0)
            .ToLookup(ParentOf);
        var times = resources
            .Where(resource => resource.ProcessId is not null)
            .ToDictionary(resource => resource.Name, resource => OfTree(resource.ProcessId!.Value, children));
        times["the crowd itself"] = Environment.CpuUsage.TotalTime;
        return new ProcessorTimes(times);
    }

    /// <summary>What has been taken since, the most first.</summary>
    public IEnumerable<(string Resource, TimeSpan Time)> Since(ProcessorTimes before) => _byResource
        .Select(now => (now.Key, now.Value - before._byResource.GetValueOrDefault(now.Key)))
        .OrderByDescending(taken => taken.Item2);

    private static TimeSpan OfTree(int processId, ILookup<int, int> children) =>
        children[processId].Aggregate(Of(processId), (sum, child) => sum + OfTree(child, children));

    private static TimeSpan Of(int processId)
    {
        try
        {
            using var process = Process.GetProcessById(processId);
            return process.TotalProcessorTime;
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException)
        {
            return TimeSpan.Zero; // Has ended.
        }
    }

    private static int ParentOf(int processId)
    {
        try
        {
            var line = File.ReadLines($"/proc/{processId}/status").First(line => line.StartsWith("PPid:", StringComparison.Ordinal));
            return int.Parse(line["PPid:".Length..], CultureInfo.InvariantCulture);
        }
        catch (Exception exception) when (exception is IOException or InvalidOperationException)
        {
            return 0;
        }
    }
}
