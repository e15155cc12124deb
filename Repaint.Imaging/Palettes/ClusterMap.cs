namespace Repaint.Imaging.Palettes;

/// <summary>Colour of a palette, sRGB.</summary>
/// <param name="Red">0–255.</param>
/// <param name="Green">0–255.</param>
/// <param name="Blue">0–255.</param>
public readonly record struct PaletteColour(byte Red, byte Green, byte Blue)
{
    /// <summary><c>#rrggbb</c>.</summary>
    public override string ToString() => $"#{Red:x2}{Green:x2}{Blue:x2}";
}

/// <summary>Which palette each pixel of a photograph belongs to.</summary>
/// <param name="width">Pixels; the photograph scaled down, see <see cref="RenditionSizes.Map"/>.</param>
/// <param name="height">Pixels.</param>
/// <param name="labels">Palette ids, row by row.</param>
/// <param name="colours">Mean colour of each palette; as many as there are palettes, 2–16.</param>
public sealed class ClusterMap(int width, int height, byte[] labels, IReadOnlyList<PaletteColour> colours)
{
    /// <summary>Fewest palettes.</summary>
    public const int MinPalettes = 2;

    /// <summary>Most palettes: a set of them is a mask of 16 bits.</summary>
    public const int MaxPalettes = 16;

    /// <summary>Pixels.</summary>
    public int Width { get; } = width;

    /// <summary>Pixels.</summary>
    public int Height { get; } = height;

    /// <summary>Palette ids, row by row.</summary>
    public ReadOnlyMemory<byte> Labels { get; } = labels;

    /// <summary>Mean colour of each palette, by id.</summary>
    public IReadOnlyList<PaletteColour> Colours { get; } = colours;

    /// <summary>A name for the colour of each palette, by id; no two are the same.</summary>
    public IReadOnlyList<PaletteName> Names() => ColourNames.For(Colours);

    /// <summary>Share of the frame of each palette, by id; sums to 1.</summary>
    public double[] Shares()
    {
        var shares = new double[Colours.Count];
        foreach (var label in Labels.Span)
        {
            shares[label]++;
        }

        return Array.ConvertAll(shares, count => count / Labels.Length);
    }

    /// <summary>An indexed PNG: pixel = palette id, PLTE = palette colours.</summary>
    public byte[] ToPng() => IndexedPng.Write(this);

    /// <summary>Reads what <see cref="ToPng"/> wrote.</summary>
    /// <exception cref="ImageRejectedException">The bytes are anything else.</exception>
    public static ClusterMap FromPng(ReadOnlySpan<byte> png) => IndexedPng.Read(png);
}
