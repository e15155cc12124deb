namespace Repaint.Imaging.Palettes;

/// <summary>
/// One component of a mixture, as the labelling wants it: log density = <see cref="Constant"/> − ½ ‖<see cref="Whitening"/>·x − <see cref="Offset"/>‖².
/// </summary>
internal sealed class Gaussian
{
    /// <summary>Lower triangle of a symmetric 5 × 5 matrix, row by row.</summary>
    public const int Triangle = Features.Dimensions * (Features.Dimensions + 1) / 2;

    /// <summary>Sums a component is estimated from: weight, weighted point, weighted products.</summary>
    public const int Moments = 1 + Features.Dimensions + Triangle;

    // Added to the variances. Without it components collapse onto a flat sky or a single column of pixels.
    private static readonly double[] Ridge = [1e-4, 2e-4, 2e-4, 1e-4, 1e-4];

    public double Weight { get; private set; }

    public double[] Mean { get; } = new double[Features.Dimensions];

    public float[] Whitening { get; } = new float[Triangle];

    public float[] Offset { get; } = new float[Features.Dimensions];

    public float Constant { get; private set; } = float.NegativeInfinity;

    /// <summary>Estimates the component; one that has no points left keeps its place and loses its weight.</summary>
    /// <param name="moments">Sums, in the order of <see cref="Moments"/>.</param>
    /// <param name="total">Sum of the weights of all components.</param>
    public void Estimate(ReadOnlySpan<double> moments, double total)
    {
        var weight = moments[0];
        Weight = weight / total;
        if (weight < 1)
        {
            Constant = -1e30f;
            return;
        }

        Span<double> factor = stackalloc double[Triangle];
        for (int row = 0, at = 0; row < Features.Dimensions; row++)
        {
            Mean[row] = moments[1 + row] / weight;
            for (var column = 0; column <= row; column++, at++)
            {
                factor[at] = moments[1 + Features.Dimensions + at] / weight - Mean[row] * Mean[column] + (row == column ? Ridge[row] : 0);
            }
        }

        var logDeterminant = Cholesky(factor);
        Invert(factor);
        for (int row = 0, at = 0; row < Features.Dimensions; row++)
        {
            var offset = 0.0;
            for (var column = 0; column <= row; column++, at++)
            {
                Whitening[at] = (float)factor[at];
                offset += factor[at] * Mean[column];
            }

            Offset[row] = (float)offset;
        }

        Constant = (float)(Math.Log(Weight) - logDeterminant);
    }

    /// <summary>Replaces a symmetric positive matrix by its lower factor; returns the logarithm of the factor's determinant.</summary>
    private static double Cholesky(Span<double> matrix)
    {
        var logDeterminant = 0.0;
        for (var row = 0; row < Features.Dimensions; row++)
        {
            for (var column = 0; column <= row; column++)
            {
                var sum = matrix[At(row, column)];
                for (var k = 0; k < column; k++)
                {
                    sum -= matrix[At(row, k)] * matrix[At(column, k)];
                }

                matrix[At(row, column)] = row == column ? Math.Sqrt(Math.Max(sum, 1e-9)) : sum / matrix[At(column, column)];
            }

            logDeterminant += Math.Log(matrix[At(row, row)]);
        }

        return logDeterminant;
    }

    private static void Invert(Span<double> lower)
    {
        for (var column = 0; column < Features.Dimensions; column++)
        {
            lower[At(column, column)] = 1 / lower[At(column, column)];
            for (var row = column + 1; row < Features.Dimensions; row++)
            {
                var sum = 0.0;
                for (var k = column; k < row; k++)
                {
                    sum -= lower[At(row, k)] * lower[At(k, column)];
                }

                lower[At(row, column)] = sum / lower[At(row, row)];
            }
        }
    }

    private static int At(int row, int column) => row * (row + 1) / 2 + column;
}
