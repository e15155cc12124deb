using OpenCvSharp;

namespace Repaint.Imaging.Sketching;

/// <summary>
/// How dark the pencil is at a pixel: colour dodge (luminance over its blurred surroundings), as retouchers do it, at two
/// widths: a narrow one draws lines, a wide one models cheeks and folds. A little of the photo's own tone keeps hair
/// and night from turning into blank paper.
/// </summary>
internal static class Pencil
{
    /// <summary>Blur that takes noise out before anything is drawn; radii are shares of the long side.</summary>
    public const double SoftRadius = 0.0006;

    /// <summary>Width of surroundings for lines.</summary>
    public const double LineRadius = 0.0025;

    /// <summary>In pixels; below, a small picture would have no lines at all.</summary>
    public const double LeastLineRadius = 2;

    /// <summary>Width of surroundings for shading.</summary>
    public const double ShadeRadius = 0.02;

    // Keeps the noise of dark areas from being divided into scribble.
    private const double Darkness = 18;
    private const double LineContrast = 2.1;

    // Shading only deepens so far: around a highlight on black it would otherwise draw a dark ring.
    private const double ShadeContrast = 1.1;
    private const double ShadeDepth = 0.3;
    private const double ToneDepth = 0.24;

    private static readonly Vec3b[] Colours = CreateColours();
    private static readonly byte[] Lines = CreateDodge(LineContrast, depth: 1);
    private static readonly byte[] Shades = CreateDodge(ShadeContrast, ShadeDepth);
    private static readonly byte[] Tones = CreateTones();

    /// <summary>Colour at a pixel, from the photo's luminance there and in two surroundings.</summary>
    public static Vec3b Stroke(byte luminance, byte narrow, byte wide)
    {
        var line = Lines[luminance << 8 | narrow];
        var shade = Shades[luminance << 8 | wide];
        return Colours[line * shade * Tones[wide] / (255 * 255)];
    }

    private static byte[] CreateDodge(double contrast, double depth)
    {
        var table = new byte[256 * 256];
        for (var luminance = 0; luminance < 256; luminance++)
        {
            for (var surroundings = 0; surroundings < 256; surroundings++)
            {
                var ratio = Math.Min(1, (luminance + Darkness) / (surroundings + Darkness));
                table[luminance << 8 | surroundings] = (byte)Math.Round(255 * (1 - depth * (1 - Math.Pow(ratio, contrast))));
            }
        }

        return table;
    }

    private static byte[] CreateTones()
    {
        var table = new byte[256];
        for (var value = 0; value < table.Length; value++)
        {
            table[value] = (byte)Math.Round(255 * (1 - ToneDepth * Math.Pow(1 - value / 255.0, 1.5)));
        }

        return table;
    }

    // From graphite to paper.
    private static Vec3b[] CreateColours()
    {
        ReadOnlySpan<int> graphite = [0x46, 0x40, 0x3e];
        ReadOnlySpan<int> paper = [0xe4, 0xf1, 0xf8];
        var table = new Vec3b[256];
        for (var value = 0; value < table.Length; value++)
        {
            table[value] = new Vec3b(
                Mix(graphite[0], paper[0], value), Mix(graphite[1], paper[1], value), Mix(graphite[2], paper[2], value));
        }

        return table;
    }

    private static byte Mix(int from, int to, int value) => (byte)((from * (255 - value) + to * value + 127) / 255);
}
