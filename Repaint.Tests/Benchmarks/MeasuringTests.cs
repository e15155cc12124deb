using Repaint.Benchmarks.Measuring;

namespace Repaint.Tests.Benchmarks;

public sealed class MeasuringTests
{
    [Theory]
    [InlineData(0, 10)]
    [InlineData(50, 25)]
    [InlineData(75, 32.5)]
    [InlineData(100, 40)]
    public void Percentile_OfFourFigures_IsLinearBetweenTheNearest(double percent, double expected) =>
        Assert.Equal(expected, new Samples([30, 10, 40, 20]).Percentile(percent), precision: 9);

    [Fact]
    public async Task RunAsync_TwoCompetitors_WarmsUpAndTakesTurnsWithAnotherOneFirst()
    {
        var turns = new List<string>();

        var samples = await Alternating.RunAsync(2, [Turn("a", 1), Turn("b", 2)], TestContext.Current.CancellationToken);

        Assert.Equal(["a", "b", "a", "b", "b", "a"], turns);
        Assert.Equal([1.0, 2.0], samples.Select(sample => sample.Median));
        Assert.All(samples, sample => Assert.Equal(2, sample.Count));

        Func<CancellationToken, Task<double>> Turn(string name, double figure) => _ =>
        {
            turns.Add(name);
            return Task.FromResult(figure);
        };
    }

    [Fact]
    public void Print_CellsOfDifferentLength_AlignsThemAsMarkdown()
    {
        var table = new Table("Work", "ratio");
        table.Add("decode", "1.0");
        table.Add("x", "12.25");
        var output = new StringWriter { NewLine = "\n" };

        table.Print(output);

        Assert.Equal("| Work   | ratio |\n|--------|------:|\n| decode |   1.0 |\n| x      | 12.25 |\n\n", output.ToString());
    }
}
