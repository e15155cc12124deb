using OpenCvSharp;

namespace Repaint.Imaging.Palettes;

/// <summary>
/// Guided filter with a grey guide (He, Sun, Tang, "Guided image filtering", 2010): the output is, around every pixel, the
/// linear function of the guide that fits the input best. Linear in the input, and constants stay what they are: filtered
/// masks that add up to one before still do so after.
/// </summary>
internal sealed class GuidedFilter : IDisposable
{
    private readonly Mat _guide;
    private readonly Size _window;
    private readonly Mat _mean = new();
    private readonly Mat _inverseVariance = new();

    /// <summary>Prepares a guide.</summary>
    /// <param name="guide">32-bit floats, about 0–1.</param>
    /// <param name="radius">Half the window, pixels.</param>
    /// <param name="epsilon">Variance of the guide below which a window counts as flat.</param>
    public GuidedFilter(Mat guide, int radius, double epsilon)
    {
        _guide = guide;
        _window = new Size(2 * radius + 1, 2 * radius + 1);
        Blur(guide, _mean);
        using var square = new Mat();
        Cv2.Multiply(guide, guide, square);
        Blur(square, square);
        using var squareOfMean = new Mat();
        Cv2.Multiply(_mean, _mean, squareOfMean);
        Cv2.Subtract(square, squareOfMean, square);
        Cv2.Max(square, 0, square);
        Cv2.Add(square, new Scalar(epsilon), square);
        Cv2.Divide(1, square, _inverseVariance);
    }

    /// <summary>The filtered input, as slope and offset of a function of the guide at each pixel.</summary>
    public (Mat Slope, Mat Offset) Fit(Mat input)
    {
        using var mean = new Mat();
        Blur(input, mean);
        var slope = new Mat();
        Cv2.Multiply(_guide, input, slope);
        Blur(slope, slope);
        using var product = new Mat();
        Cv2.Multiply(_mean, mean, product);
        Cv2.Subtract(slope, product, slope);
        Cv2.Multiply(slope, _inverseVariance, slope);
        Cv2.Multiply(slope, _mean, product);
        var offset = new Mat();
        Cv2.Subtract(mean, product, offset);
        Blur(slope, slope);
        Blur(offset, offset);
        return (slope, offset);
    }

    public void Dispose()
    {
        _mean.Dispose();
        _inverseVariance.Dispose();
    }

    private void Blur(Mat from, Mat to) => Cv2.BoxFilter(from, to, MatType.CV_32F, _window, borderType: BorderTypes.Reflect101);
}
