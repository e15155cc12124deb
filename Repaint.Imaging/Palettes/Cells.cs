using OpenCvSharp;

namespace Repaint.Imaging.Palettes;

/// <summary>
/// Squares of the map's pixels. A picture is taken apart by the means of its cells, in which an encoder's noise is gone; only
/// the boundaries between palettes are found pixel by pixel.
/// </summary>
internal static class Cells
{
    /// <summary>Pixels of the map along a cell's side.</summary>
    public const int Side = 4;

    /// <summary>The size of a map whose cells are all whole.</summary>
    public static Size Whole(Size map) => new(Math.Max(1, map.Width / Side) * Side, Math.Max(1, map.Height / Side) * Side);

    /// <summary>How many cells there are across and down a map.</summary>
    public static Size SizeOf(Size map) => new(map.Width / Side, map.Height / Side);

    /// <summary>A pixel near the middle of a cell.</summary>
    /// <param name="cell">Counted row by row.</param>
    /// <param name="width">Cells in a row.</param>
    public static int Pixel(int cell, int width)
    {
        var (row, column) = Math.DivRem(cell, width);
        return (row * Side + 1) * width * Side + column * Side + 1;
    }
}
