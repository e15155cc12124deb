namespace Repaint.Benchmarks.Imaging;

/// <summary>CIEDE2000 (ISO/CIE 11664-6), with all weights one.</summary>
internal static class DeltaE
{
    private const double Power25 = 6103515625; // 25^7

    public static double Between((double L, double A, double B) first, (double L, double A, double B) second)
    {
        var meanChroma = (Math.Sqrt(first.A * first.A + first.B * first.B) + Math.Sqrt(second.A * second.A + second.B * second.B)) / 2;
        var stretch = 1 + 0.5 * (1 - Math.Sqrt(Seventh(meanChroma) / (Seventh(meanChroma) + Power25)));
        var (a1, a2) = (first.A * stretch, second.A * stretch);
        var (c1, c2) = (Math.Sqrt(a1 * a1 + first.B * first.B), Math.Sqrt(a2 * a2 + second.B * second.B));
        var (h1, h2) = (Hue(a1, first.B), Hue(a2, second.B));
        var chromatic = c1 * c2 != 0;
        var turn = chromatic ? h2 - h1 : 0;
        turn += turn > 180 ? -360 : turn < -180 ? 360 : 0;
        var (l, c, h) = (second.L - first.L, c2 - c1, 2 * Math.Sqrt(c1 * c2) * Sin(turn / 2));

        var (meanL, meanC) = ((first.L + second.L) / 2, (c1 + c2) / 2);
        var meanHue = h1 + h2;
        if (chromatic)
        {
            meanHue += Math.Abs(h1 - h2) <= 180 ? 0 : meanHue < 360 ? 360 : -360;
            meanHue /= 2;
        }

        var t = 1 - 0.17 * Cos(meanHue - 30) + 0.24 * Cos(2 * meanHue) + 0.32 * Cos(3 * meanHue + 6) - 0.20 * Cos(4 * meanHue - 63);
        var fromFifty = (meanL - 50) * (meanL - 50);
        var scaleL = 1 + 0.015 * fromFifty / Math.Sqrt(20 + fromFifty);
        var (scaleC, scaleH) = (1 + 0.045 * meanC, 1 + 0.015 * meanC * t);
        var rotation = -Sin(60 * Math.Exp(-Math.Pow((meanHue - 275) / 25, 2))) * 2 * Math.Sqrt(Seventh(meanC) / (Seventh(meanC) + Power25));
        return Math.Sqrt(Math.Max(0, Square(l / scaleL) + Square(c / scaleC) + Square(h / scaleH) + rotation * (c / scaleC) * (h / scaleH)));
    }

    private static double Hue(double a, double b) => a == 0 && b == 0 ? 0 : (Math.Atan2(b, a) * 180 / Math.PI + 360) % 360;

    private static double Seventh(double value) => Math.Pow(value, 7);

    private static double Square(double value) => value * value;

    private static double Sin(double degrees) => Math.Sin(degrees * Math.PI / 180);

    private static double Cos(double degrees) => Math.Cos(degrees * Math.PI / 180);
}
