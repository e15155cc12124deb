using System.Buffers;
using System.Diagnostics;
using OpenCvSharp;
using Repaint.Imaging.Normalising;
using Repaint.Imaging.Sketching;

namespace Repaint.Imaging.Palettes;

/// <summary>Takes a photograph apart into palettes: regions of like colour, each worth winning.</summary>
public static class PaletteClusterer
{
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

        var size = Even(Codec.FitSize(photo.View.Size(), RenditionSizes.Map));
        using var stage = new Stages();
        stage.Begin("palettes.planes");
        using var image = Codec.Shrink(photo.View, size);
        using var map = OklabPlanes.FromBgr(image);
        using var half = map.Halve();
        var reveal = MeasureReveal(half, sketch);

        stage.Begin("palettes.mixture");
        using var points = Features.Of(half);
        using var sample = points.Sample(half, SamplePoints, out var indices);
        var mixture = GaussianMixture.Fit(sample, SplitStart.Assign(sample, Components), Components);
        var reveals = mixture.Masses(sample, Array.ConvertAll(indices, index => reveal.Plane[index]));
        var floor = RevealFloor.Least / paletteCount;
        var groups = ComponentMerger.Merge(mixture.Components, reveals, paletteCount, floor, out var found);

        stage.Begin("palettes.label");
        var labels = Label(mixture, points, groups, found, map, half);
        stage.Begin("palettes.clean");
        ComponentCleaner.Clean(labels, size.Width, size.Height, (int)(labels.Length * LeastRegion));
        stage.Begin("palettes.floor");
        RevealFloor.Enforce(labels, half, reveal, found, paletteCount);
        stage.Begin("palettes.order");
        var colours = PaletteOrder.Apply(labels, map, paletteCount);
        return new ClusterMap(size.Width, size.Height, labels, colours);
    }

    private static Reveal MeasureReveal(OklabPlanes half, PencilSketch sketch)
    {
        using var image = Codec.Shrink(sketch.Image, new Size(half.Width, half.Height));
        using var planes = OklabPlanes.FromBgr(image);
        return Reveal.Between(half, planes);
    }

    private static byte[] Label(GaussianMixture mixture, Features points, int[] groups, int found, OklabPlanes map, OklabPlanes half)
    {
        var probabilities = new float[found][];
        try
        {
            for (var palette = 0; palette < found; palette++)
            {
                probabilities[palette] = ArrayPool<float>.Shared.Rent(Lanes.RoundUp(points.Length));
            }

            mixture.Label(points, groups, probabilities);
            return EdgeRefiner.Label(probabilities, map.L, half.L, map.Width, map.Height);
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

    private static Size Even(Size size) => new(size.Width / 2 * 2, size.Height / 2 * 2);

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
