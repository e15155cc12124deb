using System.Diagnostics.Metrics;
using System.Text.Json;
using Repaint.Api.Picks;

namespace Repaint.Api;

internal sealed class ApiMetrics
{
    private readonly Counter<long> _picks;
    private readonly UpDownCounter<long> _streams;

    public ApiMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("Repaint.Api");
        _picks = meter.CreateCounter<long>("repaint.picks", "{pick}", "Picks, by outcome.");
        _streams = meter.CreateUpDownCounter<long>("repaint.update_streams", "{stream}", "Open update streams.");
    }

    public void Picked(PickOutcomeKind outcome) =>
        _picks.Add(1, new KeyValuePair<string, object?>("repaint.outcome", JsonNamingPolicy.SnakeCaseLower.ConvertName(outcome.ToString())));

    public void StreamOpened() => _streams.Add(1);

    public void StreamClosed() => _streams.Add(-1);
}
