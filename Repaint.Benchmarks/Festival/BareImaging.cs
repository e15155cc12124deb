using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Repaint.Clustering;
using Repaint.Imaging.Painting;

namespace Repaint.Benchmarks.Festival;

/// <summary>What the workers do to a photograph, and nothing around it.</summary>
internal sealed class BareImaging : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly ClusteringTelemetry _telemetry;

    public BareImaging() => _telemetry = new ClusteringTelemetry(_services.GetRequiredService<IMeterFactory>(), TimeProvider.System);

    /// <summary>Takes a photograph apart and paints it with one palette, on the calling thread.</summary>
    public void Run(byte[] photo)
    {
        var parts = PhotoParts.Make(photo, FestivalStage.Palettes, _telemetry);
        Painter.PaintForScreen(parts.View, parts.Sketch, parts.Map, held: 1);
    }

    public void Dispose()
    {
        _telemetry.Dispose();
        _services.Dispose();
    }
}
