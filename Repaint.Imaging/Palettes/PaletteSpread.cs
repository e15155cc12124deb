namespace Repaint.Imaging.Palettes;

/// <summary>Mean and covariance of a palette's pixels in the space of <see cref="Features"/>, weighted by what they reveal.</summary>
internal sealed class PaletteSpread
{
    private const int PowerSteps = 64;

    private readonly double[] _mean = new double[Features.Dimensions];
    private readonly double[,] _covariance = new double[Features.Dimensions, Features.Dimensions];
    private double _total;

    public ReadOnlySpan<double> Mean => _mean;

    /// <summary>Those of all palettes, from one pixel of each cell: there are enough.</summary>
    public static PaletteSpread[] OfAll(byte[] labels, OklabPlanes small, Reveal reveal, int count)
    {
        var spreads = Enumerable.Range(0, count).Select(_ => new PaletteSpread()).ToArray();
        var unit = Features.PositionScale / Math.Max(small.Width, small.Height);
        Span<double> point = stackalloc double[Features.Dimensions];
        for (int y = 0, at = 0; y < small.Height; y++)
        {
            for (var x = 0; x < small.Width; x++, at++)
            {
                (point[0], point[1], point[2]) = (small.L[at], small.A[at] * Features.ChromaScale, small.B[at] * Features.ChromaScale);
                (point[3], point[4]) = (x * unit, y * unit);
                spreads[labels[Cells.Pixel(at, small.Width)]].Add(point, reveal.OfCell[at]);
            }
        }

        foreach (var spread in spreads)
        {
            spread.Finish();
        }

        return spreads;
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
        _total += weight;
        for (var row = 0; row < Features.Dimensions; row++)
        {
            _mean[row] += weight * point[row];
            for (var column = 0; column <= row; column++)
            {
                _covariance[row, column] += weight * point[row] * point[column];
            }
        }
    }

    private void Finish()
    {
        for (var row = 0; row < Features.Dimensions; row++)
        {
            _mean[row] /= Math.Max(1e-12, _total);
        }

        for (var row = 0; row < Features.Dimensions; row++)
        {
            for (var column = 0; column <= row; column++)
            {
                _covariance[row, column] = _covariance[column, row] =
                    _covariance[row, column] / Math.Max(1e-12, _total) - _mean[row] * _mean[column];
            }
        }
    }
}
