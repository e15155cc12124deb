namespace Repaint.Benchmarks.Measuring;

/// <summary>A Markdown table that also reads well in a terminal; the README quotes it as it is.</summary>
/// <param name="headers">Of the columns; the first is aligned left, the others right.</param>
internal sealed class Table(params string[] headers)
{
    private readonly List<string[]> rows = [];

    /// <param name="cells">As many as there are headers.</param>
    public void Add(params string[] cells)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(cells.Length, headers.Length, nameof(cells));
        rows.Add(cells);
    }

    public void Print(TextWriter output)
    {
        var widths = headers.Select((header, column) => rows.Select(row => row[column].Length).Append(header.Length).Max()).ToArray();
        output.WriteLine(Line(headers));
        output.WriteLine("|" + string.Join('|', widths.Select((width, column) => new string('-', width + 1) + (column == 0 ? "-" : ":"))) + "|");
        foreach (var row in rows)
        {
            output.WriteLine(Line(row));
        }

        output.WriteLine();

        string Line(string[] cells) =>
            "| " + string.Join(" | ", cells.Select((cell, column) => column == 0 ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column]))) + " |";
    }
}
