using Repaint.Imaging.Palettes;

namespace Repaint.Tests.Imaging;

public sealed class ComponentMergerTests
{
    [Fact]
    public void Merge_PalettesComeInTheOrderOfTheLineWhateverTheOrderOfTheComponents()
    {
        double[][] means = [Grey(0.9), Red(0.5), Grey(0.1), Red(0.52), Grey(0.12), Grey(0.88)];

        var palettes = ComponentMerger.Merge([.. means.Select(Component)], [1, 1, 1, 1, 1, 1], 3, floor: 0.1, out var found);

        Assert.Equal(3, found);
        Assert.Equal([1, 2, 0, 2, 0, 1], palettes);
    }

    [Fact]
    public void Merge_OneComponentThatRevealsNearlyEverything_GivesAsManyPalettesAsTheFloorAllows()
    {
        double[][] means = [Grey(0.1), Grey(0.5), Grey(0.9), Red(0.5)];

        var palettes = ComponentMerger.Merge([.. means.Select(Component)], [0.9, 0.04, 0.04, 0.02], 4, floor: 0.1, out var found);

        Assert.Equal(2, found);
        Assert.Equal([0, 1, 1, 1], palettes);
    }

    private static double[] Grey(double lightness) => [lightness, 0, 0, 0.25, 0.2];

    private static double[] Red(double lightness) => [lightness, 0.4, 0.1, 0.25, 0.2];

    private static Gaussian Component(double[] mean)
    {
        double[] moments = [1, .. mean, .. from row in Enumerable.Range(0, 5) from column in Enumerable.Range(0, row + 1) select mean[row] * mean[column]];
        moments = Array.ConvertAll(moments, moment => 100 * moment);
        var component = new Gaussian();
        component.Estimate(moments, total: 1_000);
        return component;
    }
}
