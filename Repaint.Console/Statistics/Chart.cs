namespace Repaint.Console.Statistics;

/// <summary>What charts.js draws: columns, each a pile of one value for each series.</summary>
/// <param name="Summary">What a person who cannot see it is told.</param>
/// <param name="Labels">What stands under each column.</param>
/// <param name="Series">The values, from the ground up.</param>
/// <param name="Legend">Whether the names of the series are shown.</param>
/// <param name="Whole">Whether the values are counts.</param>
public sealed record Chart(
    string Summary, IReadOnlyList<string> Labels, IReadOnlyList<ChartSeries> Series, bool Legend = false, bool Whole = true);

/// <summary>One value for each column.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Values">Its values.</param>
public sealed record ChartSeries(string Name, IReadOnlyList<double> Values);
