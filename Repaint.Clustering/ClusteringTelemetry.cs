using System.Diagnostics;
using System.Diagnostics.Metrics;
using Repaint.Contracts;

namespace Repaint.Clustering;

/// <summary>Spans and metrics of this worker.</summary>
internal sealed class ClusteringTelemetry : IDisposable
{
    private const string Name = "Repaint.Clustering";
    private const string StageTag = "repaint.stage";

    private static readonly ActivitySource Source = new(Name);

    private readonly Meter _meter;
    private readonly Histogram<double> _stages;
    private readonly Counter<long> _photos;
    private readonly TimeProvider _time;

    public ClusteringTelemetry(IMeterFactory meters, TimeProvider time)
    {
        _time = time;
        _meter = meters.Create(Name);
        _stages = _meter.CreateHistogram<double>(
            "repaint.clustering.stage.duration", "s", "Time that one stage of taking a photograph apart took.");
        _photos = _meter.CreateCounter<long>("repaint.clustering.photos", "{photo}", "Photographs dealt with, by state and reason.");
    }

    /// <summary>Runs one stage in a span of its own and measures it.</summary>
    public T Stage<T>(string stage, Func<T> work)
    {
        using var activity = Source.StartActivity($"clustering.{stage}");
        var started = _time.GetTimestamp();
        var result = work();
        Record(stage, started);
        return result;
    }

    /// <inheritdoc cref="Stage{T}"/>
    public async Task<T> StageAsync<T>(string stage, Func<Task<T>> work)
    {
        using var activity = Source.StartActivity($"clustering.{stage}");
        var started = _time.GetTimestamp();
        var result = await work();
        Record(stage, started);
        return result;
    }

    /// <summary>Counts a photograph that is clustered, or has failed for good.</summary>
    public void Count(ImageState state, string? reason)
    {
        var tags = new TagList { { TelemetryAttributes.State, state == ImageState.Failed ? "failed" : "clustered" } };
        if (reason is not null)
        {
            tags.Add(TelemetryAttributes.Reason, reason);
        }

        _photos.Add(1, tags);
    }

    public void Dispose() => _meter.Dispose();

    private void Record(string stage, long started) =>
        _stages.Record(_time.GetElapsedTime(started).TotalSeconds, new KeyValuePair<string, object?>(StageTag, stage));
}
