using System.Buffers;
using System.Diagnostics;
using OpenCvSharp;
using Repaint.Imaging.Normalising;
using Repaint.Imaging.Sketching;

namespace Repaint.Imaging.Palettes;

/// <summary>Takes a photograph apart into palettes: regions of like colour, each worth winning.</summary>
public static class PaletteClusterer
{
    // Means of areas a little larger than cells: the mixture needs no more points, and they hardly differ when the photograph
    // comes again in another size, which single cells picked out of it would.
    private const int SamplePoints = 20_000;

    // More components than palettes: merged afterwards by what they reveal, they follow the photo better than as many
    // components as palettes would.
    private const int Components = 32;

    // Of the frame; below, a region is a speck to the eye.
    private const double LeastRegion = 0.001;

    private static readonly ActivitySource Source = new("Repaint.Imaging");

    /// <summary>Makes the map of palettes.</summary>
    /// <param name="photo">The photograph.</param>
    /// <param name="sketch">Its sketch: what a palette reveals is its difference from that.</param>
    /// <param name="paletteCount"><see cref="ClusterMap.MinPalettes"/>–<see cref="ClusterMap.MaxPalettes"/>; exactly as many come out.</param>
    public static ClusterMap Cluster(NormalisedPhoto photo, PencilSketch sketch, int paletteCount)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(paletteCount, ClusterMap.MinPalettes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(paletteCount, ClusterMap.MaxPalettes);

        var size = Cells.Whole(Codec.FitSize(photo.View.Size(), RenditionSizes.Map));
        using var stage = new Stages();
        stage.Begin("palettes.planes");
        using var image = Codec.Shrink(photo.View, size);
        using var guide = new Mat();
        Cv2.CvtColor(image, guide, ColorConversionCodes.BGR2GRAY);
        using var cells = Codec.Shrink(image, Cells.SizeOf(size));
        using var small = OklabPlanes.FromBgr(cells);
        var reveal = Reveal.Between(image, sketch.Image);
        var gain = small.Expose();

        stage.Begin("palettes.mixture");
        using var points = Features.Of(small);
        using var coarse = small.Averaged(SamplePoints);
        using var sample = Features.Of(coarse);
        var mixture = GaussianMixture.Fit(sample, EvenStart.Assign(sample, Components), Components);
        stage.Begin("palettes.merge");
        var reveals = mixture.Masses(sample, reveal.OfAreas(small, coarse));
        var floor = RevealFloor.Least / paletteCount;
        var groups = ComponentMerger.Merge(mixture.Components, reveals, paletteCount, floor, out var found);

        stage.Begin("palettes.label");
        var labels = Label(mixture, points, groups, found, guide);
        stage.Begin("palettes.clean");
        ComponentCleaner.Clean(labels, size.Width, size.Height, (int)(labels.Length * LeastRegion));
        stage.Begin("palettes.floor");
        RevealFloor.Enforce(labels, small, reveal, found, paletteCount);
        stage.Begin("palettes.colours");
        var colours = PaletteColours.Of(labels, small, paletteCount, gain);
        return new ClusterMap(size.Width, size.Height, labels, colours);
    }

    private static byte[] Label(GaussianMixture mixture, Features points, int[] groups, int found, Mat guide)
    {
        var probabilities = new float[found][];
        try
        {
            for (var palette = 0; palette < found; palette++)
            {
                probabilities[palette] = ArrayPool<float>.Shared.Rent(Lanes.RoundUp(points.Length));
            }

            mixture.Label(points, groups, probabilities);
            return EdgeRefiner.Label(probabilities, guide);
        }
        finally
        {
            foreach (var plane in probabilities)
            {
                if (plane is not null)
                {
                    ArrayPool<float>.Shared.Return(plane);
                }
            }
        }
    }

    /// <summary>A span for one stage after the other; costs nothing when nobody listens.</summary>
    private sealed class Stages : IDisposable
    {
        private Activity? _current;

        public void Begin(string name)
        {
            _current?.Dispose();
            _current = Source.StartActivity(name);
        }

        public void Dispose() => _current?.Dispose();
    }
}
