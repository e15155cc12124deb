using Repaint.Console.Api;
using Repaint.Contracts.Http;

namespace Repaint.Console.Statistics;

/// <summary>The event in numbers, as charts that are counted anew while one looks.</summary>
public sealed partial class StatisticsPage
{
    private static readonly TimeSpan CountEvery = TimeSpan.FromSeconds(15);

    private EventStatistics? _numbers;
    private Chart? _held;
    private Chart? _holders;
    private Chart? _picks;
    private Chart? _times;
    private Chart? _images;
    private ITimer? _clock;
    private string? _language;

    private string Share => FormattableString.Invariant($"{100.0 * _numbers!.Photographed / Math.Max(1, _numbers.Visitors):0.#}%");

    protected override ValueTask OnLeaveAsync() => _clock?.DisposeAsync() ?? ValueTask.CompletedTask;

    protected override async Task OnEventAsync()
    {
        await CountAsync();
        if (Leaving.IsCancellationRequested)
        {
            return;
        }

        _clock ??= Time.CreateTimer(_ => _ = InvokeAsync(CountAgainAsync), null, CountEvery, CountEvery);
    }

    protected override Task OnParametersSetAsync()
    {
        // In the words of the language that has just been chosen.
        if (_numbers is not null && _language != W.Language)
        {
            Draw(_numbers);
        }

        return base.OnParametersSetAsync();
    }

    private async Task CountAgainAsync()
    {
        try
        {
            await CountAsync();
        }
        catch (ApiException)
        {
            // The last numbers stay, with the time they are of.
        }
    }

    private async Task CountAsync()
    {
        var numbers = await Api.StatisticsAsync(EventId);
        // The same numbers are not drawn again: their bars would grow anew under the eyes of whoever looks.
        if (_numbers is null || Text(numbers) != Text(_numbers))
        {
            Draw(numbers);
        }

        _numbers = numbers;
        StateHasChanged();
    }

    private static string Text(EventStatistics numbers) =>
        System.Text.Json.JsonSerializer.Serialize(numbers with { At = default }, ConsoleJson.Default.EventStatistics);

    private void Draw(EventStatistics numbers)
    {
        _language = W.Language;
        _held = Bars("Stats.PalettesPerVisitor", "Stats.Visitors", numbers.VisitorsByPalettesHeld.Select((visitors, held) => ($"{held}", (double)visitors)));
        _holders = Bars("Stats.HoldersPerPalette", "Stats.Visitors", numbers.HoldersByPalette.Select((visitors, palette) => ($"{palette + 1}", (double)visitors)));
        _images = Bars("Stats.Images", "Stats.Images", numbers.Images.Select(count => (W[$"State.{count.State}"], (double)count.Images)));
        var times = numbers.PaintingTimes;
        List<(string, double)> seconds = times is { MedianSeconds: { } median, P95Seconds: { } p95, MaxSeconds: { } max }
            ? [(W["Stats.Median"], median), (W["Stats.P95"], p95), (W["Stats.Max"], max)]
            : [];
        _times = Bars("Stats.PaintingTime", "Stats.Seconds", seconds) with { Whole = false };
        var picks = PicksByHour.Of(numbers.Picks);
        _picks = new Chart(
            W["Stats.PicksPerHour"],
            [.. picks.Hours.Select(Hour)],
            [.. picks.Spots.Select(spot => new ChartSeries(spot.Name ?? W["Stats.OtherSpots"], [.. spot.Picks]))],
            Legend: true);
    }

    private Chart Bars(string summary, string series, IEnumerable<(string Label, double Value)> bars)
    {
        var list = bars.ToList();
        return new Chart(
            $"{W[summary]}: {string.Join(", ", list.Select(bar => $"{bar.Label} {bar.Value.ToString("0.#", W.Culture)}"))}",
            [.. list.Select(bar => bar.Label)],
            [new ChartSeries(W[series], [.. list.Select(bar => bar.Value)])]);
    }

    private string Hour(DateTimeOffset hour) => W.Language == "ja" ? $"{hour.ToLocalTime():M/d H}時" : $"{hour.ToLocalTime():d MMM HH}h";

    private string Seconds(double? seconds) => seconds is { } known ? W["Stats.SecondsIs", known.ToString("0.0", W.Culture)] : "–";
}
