namespace Repaint.Imaging.Palettes;

/// <summary>Mean and covariance of a palette's pixels in the space of <see cref="Features"/>, weighted by what they reveal.</summary>
internal sealed class PaletteSpread
{
    private const int PowerSteps = 64;

    private readonly double[] _mean = new double[Features.Dimensions];
    private readonly double[,] _covariance = new double[Features.Dimensions, Features.Dimensions];

    public static PaletteSpread Of(byte[] labels, OklabPlanes photo, Reveal reveal, int palette)
    {
        var spread = new PaletteSpread();
        var unit = Features.PositionScale / Math.Max(photo.Width, photo.Height);
        Span<double> point = stackalloc double[Features.Dimensions];
        var total = 0.0;
        for (int y = 0, at = 0; y < photo.Height; y++)
        {
            for (var x = 0; x < photo.Width; x++, at++)
            {
                if (labels[at] != palette)
                {
                    continue;
                }

                (point[0], point[1], point[2]) = (photo.L[at], photo.A[at] * Features.ChromaScale, photo.B[at] * Features.ChromaScale);
                (point[3], point[4]) = (x * unit, y * unit);
                var weight = reveal.At(x, y, photo.Width);
                total += weight;
                spread.Add(point, weight);
            }
        }

        spread.Finish(total);
        return spread;
    }

    public double SquaredDistance(PaletteSpread other) =>
        _mean.Zip(other._mean, (mine, theirs) => (mine - theirs) * (mine - theirs)).Sum();

    /// <summary>Direction of the largest variance, by power iteration from a direction that is no axis' normal.</summary>
    public double[] PrincipalAxis()
    {
        double[] axis = [0.5, 0.4, 0.45, 0.42, 0.46];
        for (var step = 0; step < PowerSteps; step++)
        {
            var next = new double[Features.Dimensions];
            for (var row = 0; row < Features.Dimensions; row++)
            {
                for (var column = 0; column < Features.Dimensions; column++)
                {
                    next[row] += _covariance[row, column] * axis[column];
                }
            }

            var length = Math.Sqrt(next.Sum(value => value * value));
            if (length < 1e-15)
            {
                break;
            }

            axis = Array.ConvertAll(next, value => value / length);
        }

        return axis;
    }

    private void Add(ReadOnlySpan<double> point, double weight)
    {
        for (var row = 0; row < Features.Dimensions; row++)
        {
            _mean[row] += weight * point[row];
            for (var column = 0; column <= row; column++)
            {
                _covariance[row, column] += weight * point[row] * point[column];
            }
        }
    }

    private void Finish(double total)
    {
        for (var row = 0; row < Features.Dimensions; row++)
        {
            _mean[row] /= Math.Max(1e-12, total);
        }

        for (var row = 0; row < Features.Dimensions; row++)
        {
            for (var column = 0; column <= row; column++)
            {
                _covariance[row, column] = _covariance[column, row] =
                    _covariance[row, column] / Math.Max(1e-12, total) - _mean[row] * _mean[column];
            }
        }
    }
}
