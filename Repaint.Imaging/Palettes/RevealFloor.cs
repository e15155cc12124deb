using OpenCvSharp;

namespace Repaint.Imaging.Palettes;

/// <summary>
/// Sees to it that there are as many palettes as asked for and that each of them reveals something worth winning. The
/// poorest palette joins the one before or after it, whichever is more like it (or another one, if both are poor themselves),
/// and both are cut apart again, evenly, until the floor holds; where palettes are missing, the richest is cut in two. A cut runs across the direction in which the
/// palette varies most: where colour does not vary, that is the frame itself, so that even a blank wall comes apart, into
/// fields of equal worth. The parts of a cut follow each other as on the <see cref="ColourLine"/>.
/// </summary>
internal static class RevealFloor
{
    /// <summary>Least share of the reveal of a palette, as a part of an equal share.</summary>
    public const double Least = 0.4;

    // Neither side of a cut has less than this share of the palette. Two that are cut apart again have enough together; the
    // richest, which has at least an equal share, always has.
    private const double LeastSide = 0.42;
    private const int Smoothing = 3;

    // A cut is found by cells and made by pixels, so that a side may come out a little poorer: not for ever.
    private const int MostRounds = 64;
    private const int LocalRounds = 16;
    private const int Bins = 2048;

    /// <summary>Relabels in place.</summary>
    /// <param name="labels">The map; ids below <paramref name="found"/>.</param>
    /// <param name="small">The photograph, one value a cell.</param>
    /// <param name="reveal">What the photograph reveals.</param>
    /// <param name="found">How many palettes there are.</param>
    /// <param name="count">How many there are to be.</param>
    public static void Enforce(byte[] labels, OklabPlanes small, Reveal reveal, int found, int count)
    {
        for (; found < count; found++)
        {
            var shares = reveal.Shares(labels, found);
            Split(labels, small, reveal, Array.IndexOf(shares, shares.Max()), spare: found, count);
        }

        for (var round = 0; round < MostRounds; round++)
        {
            var shares = reveal.Shares(labels, count);
            var poorest = Array.IndexOf(shares, shares.Min());
            if (shares[poorest] >= Least / count)
            {
                return;
            }

            // The others stay as they are; unless the same two are cut alike again and again.
            var partner = FindPartner(labels, small, reveal, shares, poorest);
            labels.AsSpan().Replace((byte)poorest, (byte)partner);
            shares = reveal.Shares(labels, count);
            var richest = Array.IndexOf(shares, shares.Max());
            Split(labels, small, reveal, round < LocalRounds ? partner : richest, spare: poorest, count);
        }
    }

    private static int FindPartner(byte[] labels, OklabPlanes small, Reveal reveal, double[] shares, int poorest)
    {
        var spreads = PaletteSpread.OfAll(labels, small, reveal, shares.Length);
        var rich = Enumerable.Range(0, shares.Length)
            .Where(palette => palette != poorest && (shares[palette] + shares[poorest]) * LeastSide >= Least / shares.Length)
            .ToArray();
        // Next to it in the order, if possible: then no other palette's id changes.
        var next = Array.FindAll(rich, palette => Math.Abs(palette - poorest) == 1);
        return (next.Length > 0 ? next : rich)
            .MinBy(palette => spreads[palette].SquaredDistance(spreads[poorest]) * shares[palette] / (shares[palette] + shares[poorest]));
    }

    /// <summary>Cuts a palette in two; needs an id to spare, that no pixel has.</summary>
    private static void Split(byte[] labels, OklabPlanes small, Reveal reveal, int palette, int spare, int count)
    {
        var first = MakeRoom(labels, palette, spare);
        var axis = PaletteSpread.OfAll(labels, small, reveal, count)[first].PrincipalAxis();
        var projection = new float[small.Length];
        Project(small, axis, projection);
        using var plane = Mat.FromPixelData(small.Height, small.Width, MatType.CV_32FC1, projection);
        Cv2.BoxFilter(plane, plane, MatType.CV_32F, new Size(Smoothing, Smoothing));
        var threshold = FindThreshold(labels, small.Width, reveal, first, projection);
        using var enlarged = new Mat();
        Cv2.Resize(plane, enlarged, new Size(Cells.Side * small.Width, Cells.Side * small.Height), interpolation: InterpolationFlags.Linear);
        var height = enlarged.Height;
        for (int y = 0, at = 0; y < height; y++)
        {
            foreach (var value in enlarged.RowSpan<float>(y))
            {
                labels[at] += labels[at] == first && value > threshold ? (byte)1 : (byte)0;
                at++;
            }
        }

        var parts = PaletteSpread.OfAll(labels, small, reveal, count);
        if (ColourLine.PlaceOf(parts[first].Mean) > ColourLine.PlaceOf(parts[first + 1].Mean))
        {
            Swap(labels, first, (byte)(first + 1));
        }
    }

    private static void Swap(byte[] labels, byte first, byte second)
    {
        for (var at = 0; at < labels.Length; at++)
        {
            labels[at] = labels[at] == first ? second : labels[at] == second ? first : labels[at];
        }
    }

    /// <summary>Shifts ids so that the one after the palette is free; returns the palette's new id.</summary>
    private static byte MakeRoom(byte[] labels, int palette, int spare)
    {
        for (var at = 0; at < labels.Length; at++)
        {
            int label = labels[at];
            labels[at] += label > palette && label < spare ? (byte)1 : (byte)0;
            labels[at] -= label > spare && label <= palette ? (byte)1 : (byte)0;
        }

        return (byte)(palette > spare ? palette - 1 : palette);
    }

    private static void Project(OklabPlanes small, double[] axis, float[] projection)
    {
        var unit = Features.PositionScale / Math.Max(small.Width, small.Height);
        var (l, a, b) = ((float)axis[0], (float)axis[1] * Features.ChromaScale, (float)axis[2] * Features.ChromaScale);
        var (right, down) = ((float)axis[3] * unit, (float)axis[4] * unit);
        for (int y = 0, at = 0; y < small.Height; y++)
        {
            for (var x = 0; x < small.Width; x++, at++)
            {
                projection[at] = l * small.L[at] + a * small.A[at] + b * small.B[at] + right * x + down * y;
            }
        }
    }

    /// <summary>Otsu's threshold (1979) of the reveal over the projection, among those that leave both sides enough.</summary>
    private static float FindThreshold(byte[] labels, int width, Reveal reveal, int palette, float[] projection)
    {
        var (low, high) = (float.MaxValue, float.MinValue);
        for (var at = 0; at < projection.Length; at++)
        {
            if (labels[Cells.Pixel(at, width)] == palette)
            {
                (low, high) = (Math.Min(low, projection[at]), Math.Max(high, projection[at]));
            }
        }

        var scale = (Bins - 1) / Math.Max(1e-9f, high - low);
        var histogram = new double[Bins];
        for (var at = 0; at < projection.Length; at++)
        {
            if (labels[Cells.Pixel(at, width)] == palette)
            {
                histogram[(int)((projection[at] - low) * scale)] += reveal.OfCell[at];
            }
        }

        var total = histogram.Sum();
        var moment = histogram.Select((weight, bin) => weight * bin).Sum();
        var (below, belowMoment, best, cut, nearestToHalf) = (0.0, 0.0, -1.0, 0, double.MaxValue);
        for (var bin = 0; bin < Bins - 1; bin++)
        {
            below += histogram[bin];
            belowMoment += histogram[bin] * bin;
            var share = below / total;
            var allowed = share is > LeastSide and < 1 - LeastSide;
            var difference = allowed ? belowMoment / below - (moment - belowMoment) / (total - below) : 0;
            var between = share * (1 - share) * difference * difference;
            // Until some cut is allowed, the one nearest to the middle.
            if (allowed ? between > best : best < 0 && Math.Abs(share - 0.5) < nearestToHalf)
            {
                (best, cut, nearestToHalf) = (allowed ? between : -1, bin, Math.Abs(share - 0.5));
            }
        }

        return low + (cut + 1) / scale;
    }
}
