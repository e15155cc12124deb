using System.Diagnostics.Metrics;
using Repaint.Contracts;
using Repaint.ImageGateway.Sweeping;

namespace Repaint.ImageGateway;

internal sealed class GatewayMetrics
{
    public const string MeterName = "Repaint.ImageGateway";
    private const string KindTag = "repaint.kind";
    private const string StageTag = "repaint.stage";
    private const string QueueTag = "messaging.destination.name";

    // From a painting on an idle system to a queue of half an hour.
    private static readonly InstrumentAdvice<double> Waits =
        new() { HistogramBucketBoundaries = [0.1, 0.25, 0.5, 1, 2, 3, 5, 10, 20, 30, 60, 120, 300, 600, 1800] };

    private readonly Counter<long> _uploads;
    private readonly Counter<long> _uploadsRefused;
    private readonly Counter<long> _minted;
    private readonly Counter<long> _redeemed;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _erasures;
    private readonly Counter<long> _swept;
    private readonly Counter<long> _failures;
    private readonly Histogram<double> _stages;
    private readonly Histogram<double> _timeToPainted;
    private volatile IReadOnlyList<QueueBacklog> _backlogs = [];

    public GatewayMetrics(IMeterFactory factory)
    {
        var meter = factory.Create(MeterName);
        _uploads = meter.CreateCounter<long>("repaint.uploads", "{upload}", "Photographs stored.");
        _uploadsRefused = meter.CreateCounter<long>("repaint.uploads.refused", "{upload}", "Photographs not stored, by reason.");
        _minted = meter.CreateCounter<long>("repaint.one_time_urls.minted", "{url}", "One-time URLs minted.");
        _redeemed = meter.CreateCounter<long>("repaint.one_time_urls.redeemed", "{url}", "One-time URLs redeemed; resumes not counted.");
        _refused = meter.CreateCounter<long>("repaint.one_time_urls.refused", "{request}", "Requests for images refused, by reason.");
        _erasures = meter.CreateCounter<long>("repaint.erasures.blobs", "{blob}", "Blobs erased.");
        _swept = meter.CreateCounter<long>("repaint.sweeps.found", "{finding}", "Stuck, lost and orphaned things found and dealt with, by kind.");
        _failures = meter.CreateCounter<long>("repaint.failures", "{failure}", "Photographs and paintings that failed for good, by stage and reason.");
        _stages = meter.CreateHistogram(
            "repaint.stage.duration", "s", "Time a photograph or a painting waited in its queue, and was worked on.", tags: null, Waits);
        _timeToPainted = meter.CreateHistogram(
            "repaint.image.time_to_painted", "s", "From receiving a visitor's photograph until the visitor's links show a picture of it.",
            tags: null, Waits);
        meter.CreateObservableGauge(
            "repaint.queue.age", () => _backlogs.Select(queue => new Measurement<double>(queue.Age.TotalSeconds, Queue(queue))), "s",
            "How long the oldest unfinished piece of work has been waiting or worked on, by queue.");
        meter.CreateObservableGauge(
            "repaint.queue.length", () => _backlogs.Select(queue => new Measurement<long>(queue.Length, Queue(queue))), "{item}",
            "Unfinished pieces of work, by queue.");
    }

    public void UploadStored() => _uploads.Add(1);

    public void UploadRefused(string code) => _uploadsRefused.Add(1, Reason(code));

    public void UrlsMinted(int count) => _minted.Add(count);

    public void UrlRedeemed() => _redeemed.Add(1);

    public void UrlRefused(string code) => _refused.Add(1, Reason(code));

    public void Swept(string kind, int count = 1) => _swept.Add(count, new KeyValuePair<string, object?>(KindTag, kind));

    public void BlobsErased(int count) => _erasures.Add(count);

    /// <summary>Counts a failure for good.</summary>
    /// <param name="stage">The queue whose work failed.</param>
    /// <param name="reason">One of <see cref="FailureReasons"/>.</param>
    public void Failed(string stage, string reason) => _failures.Add(1, Reason(reason), new KeyValuePair<string, object?>(StageTag, stage));

    /// <summary>Measures a piece of work that is done: its wait, if it is known when it began, and the work itself.</summary>
    public void Done(string stage, DateTimeOffset queuedAt, DateTimeOffset? begunAt, DateTimeOffset now)
    {
        var begun = begunAt ?? queuedAt;
        _stages.Record((begun - queuedAt).TotalSeconds, new KeyValuePair<string, object?>(StageTag, stage + ".wait"));
        _stages.Record((now - begun).TotalSeconds, new KeyValuePair<string, object?>(StageTag, stage + ".work"));
    }

    public void Painted(TimeSpan sinceReceived) => _timeToPainted.Record(sinceReceived.TotalSeconds);

    /// <summary>Replaces what the gauges of the queues tell.</summary>
    public void Waiting(IReadOnlyList<QueueBacklog> backlogs) => _backlogs = backlogs;

    private static KeyValuePair<string, object?> Reason(string reason) => new(TelemetryAttributes.Reason, reason);

    private static KeyValuePair<string, object?> Queue(QueueBacklog backlog) => new(QueueTag, backlog.Queue);
}
