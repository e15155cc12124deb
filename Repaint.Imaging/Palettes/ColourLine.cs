namespace Repaint.Imaging.Palettes;

/// <summary>
/// The line on which all colours lie in the order of the palettes' ids: neutrals first, dark to light, then hue by hue around
/// the circle from magenta on, the hue that photographs have least of, each from dark to light. Six hues and no more: whether
/// of two greens the darker or the yellower comes first would change with every encoding.
/// </summary>
internal static class ColourLine
{
    // OKLab chroma, of a photograph brought to one mean lightness.
    private const double LimitOfNeutral = 0.045;
    private const double CircleBegin = -Math.PI / 6;
    private const int Hues = 6;

    // Longer than the range of lightness and place.
    private const double StepOfHue = 10;

    // Of two parts of one plain surface the one nearer to the frame's top left comes first, and not the one that noise makes darker.
    private const double Slope = 0.06;

    /// <summary>Where a point lies; what is compared is only which of two comes first.</summary>
    /// <param name="point">In the space of <see cref="Features"/>.</param>
    public static double PlaceOf(ReadOnlySpan<double> point)
    {
        var (a, b) = (point[1] / Features.ChromaScale, point[2] / Features.ChromaScale);
        var lightness = point[0] + Slope * (point[3] + point[4]);
        if (a * a + b * b < LimitOfNeutral * LimitOfNeutral)
        {
            return lightness;
        }

        var turn = (Math.Atan2(b, a) - CircleBegin + Math.Tau) % Math.Tau / Math.Tau;
        return (1 + Math.Floor(turn * Hues)) * StepOfHue + lightness;
    }
}
