using System.Buffers;
using OpenCvSharp;
using Repaint.Imaging.Normalising;

namespace Repaint.Imaging.Palettes;

/// <summary>
/// A picture as three planes of OKLab (Björn Ottosson, "A perceptual color space for image processing", 2020):
/// L 0–1, a and b about ±0.3. Planes come from a pool and are padded to whole <see cref="Lanes"/>.
/// </summary>
internal sealed class OklabPlanes : IDisposable
{
    private const double MeanLightness = 0.55;
    private const double LeastGain = 0.5;
    private const double MostGain = 2.5;

    private static readonly float[] Linear = [.. Enumerable.Range(0, 256).Select(value => (float)Decode(value / 255.0))];

    private OklabPlanes(int width, int height)
    {
        (Width, Height, Length) = (width, height, width * height);
        var padded = Lanes.RoundUp(Length);
        (L, A, B) = (Rent(padded), Rent(padded), Rent(padded));
    }

    public int Width { get; }

    public int Height { get; }

    public int Length { get; }

    public float[] L { get; }

    public float[] A { get; }

    public float[] B { get; }

    /// <summary>Converts 8-bit BGR sRGB.</summary>
    public static OklabPlanes FromBgr(Mat image)
    {
        var planes = new OklabPlanes(image.Width, image.Height);
        var (red, green, blue) = (planes.L, planes.A, planes.B);
        for (int y = 0, at = 0; y < planes.Height; y++)
        {
            foreach (var pixel in image.RowSpan<Vec3b>(y))
            {
                (blue[at], green[at], red[at]) = (Linear[pixel.Item0], Linear[pixel.Item1], Linear[pixel.Item2]);
                at++;
            }
        }

        for (var at = 0; at < planes.Length; at += Lanes.Count)
        {
            var (r, g, b) = (Lanes.Load(red, at), Lanes.Load(green, at), Lanes.Load(blue, at));
            var l = Lanes.CubeRoot(r * 0.4122214708f + g * 0.5363325363f + b * 0.0514459929f);
            var m = Lanes.CubeRoot(r * 0.2119034982f + g * 0.6806995451f + b * 0.1073969566f);
            var s = Lanes.CubeRoot(r * 0.0883024619f + g * 0.2817188376f + b * 0.6299787005f);
            Lanes.Store(l * 0.2104542553f + m * 0.7936177850f - s * 0.0040720468f, planes.L, at);
            Lanes.Store(l * 1.9779984951f - m * 2.4285922050f + s * 0.4505937099f, planes.A, at);
            Lanes.Store(l * 0.0259040371f + m * 0.7827717662f - s * 0.8086757660f, planes.B, at);
        }

        return planes;
    }

    /// <summary>A smaller copy, of about <paramref name="pixels"/> pixels or as many as there are: each the mean of its area.</summary>
    public OklabPlanes Averaged(int pixels)
    {
        var factor = Math.Min(1, Math.Sqrt(pixels / (double)Length));
        var averaged = new OklabPlanes(
            Math.Max(1, (int)Math.Round(Width * factor)), Math.Max(1, (int)Math.Round(Height * factor)));
        foreach (var (from, to) in ((float[], float[])[])[(L, averaged.L), (A, averaged.A), (B, averaged.B)])
        {
            Codec.Average(from, new Size(Width, Height), to, new Size(averaged.Width, averaged.Height));
        }

        return averaged;
    }

    /// <summary>
    /// Makes the picture as bright as any other, so that its palettes do not depend on the exposure: in OKLab, as in the
    /// light behind it, all three values grow by one factor. Noise in the dark is not raised without limit.
    /// </summary>
    /// <returns>The factor.</returns>
    public float Expose()
    {
        var sum = 0.0;
        for (var at = 0; at < Length; at++)
        {
            sum += L[at];
        }

        var gain = (float)Math.Clamp(MeanLightness * Length / Math.Max(1e-9, sum), LeastGain, MostGain);
        foreach (var plane in (float[][])[L, A, B])
        {
            for (var at = 0; at < Length; at++)
            {
                plane[at] *= gain;
            }
        }

        return gain;
    }

    /// <summary>OKLab of one colour.</summary>
    public static (double L, double A, double B) FromColour(PaletteColour colour)
    {
        var (red, green, blue) = (Decode(colour.Red / 255.0), Decode(colour.Green / 255.0), Decode(colour.Blue / 255.0));
        var l = Math.Cbrt(red * 0.4122214708 + green * 0.5363325363 + blue * 0.0514459929);
        var m = Math.Cbrt(red * 0.2119034982 + green * 0.6806995451 + blue * 0.1073969566);
        var s = Math.Cbrt(red * 0.0883024619 + green * 0.2817188376 + blue * 0.6299787005);
        return (
            l * 0.2104542553 + m * 0.7936177850 - s * 0.0040720468,
            l * 1.9779984951 - m * 2.4285922050 + s * 0.4505937099,
            l * 0.0259040371 + m * 0.7827717662 - s * 0.8086757660);
    }

    /// <summary>sRGB of one OKLab colour, clipped to the gamut.</summary>
    public static PaletteColour ToColour(double lightness, double a, double b)
    {
        var l = Math.Pow(lightness + 0.3963377774 * a + 0.2158037573 * b, 3);
        var m = Math.Pow(lightness - 0.1055613458 * a - 0.0638541728 * b, 3);
        var s = Math.Pow(lightness - 0.0894841775 * a - 1.2914855480 * b, 3);
        return new PaletteColour(
            Encode(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
            Encode(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
            Encode(-0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s));
    }

    public void Dispose()
    {
        ArrayPool<float>.Shared.Return(L);
        ArrayPool<float>.Shared.Return(A);
        ArrayPool<float>.Shared.Return(B);
    }

    // What lies in the padding takes part in no result, but must not be NaN of some earlier use's making.
    private static float[] Rent(int length)
    {
        var plane = ArrayPool<float>.Shared.Rent(length);
        plane.AsSpan(Math.Max(0, length - Lanes.Count), Math.Min(length, Lanes.Count)).Clear();
        return plane;
    }

    private static double Decode(double value) => value <= 0.04045 ? value / 12.92 : Math.Pow((value + 0.055) / 1.055, 2.4);

    private static byte Encode(double linear)
    {
        var value = linear <= 0.0031308 ? 12.92 * linear : 1.055 * Math.Pow(linear, 1 / 2.4) - 0.055;
        return (byte)Math.Round(255 * Math.Clamp(value, 0, 1));
    }
}
