using OpenCvSharp;
using Repaint.Clustering;
using Repaint.Tests.Imaging;
using Repaint.Tests.Infrastructure;

namespace Repaint.Tests.Clustering;

public sealed class PhotoPartsTests : IDisposable
{
    private readonly ClusteringTelemetry _telemetry = new(new TestMeters(), TimeProvider.System);

    [Fact]
    public async Task Make_OnAnyNumberOfThreads_SameBytes()
    {
        var upload = TestImages.WithSegment(TestImages.Dandelions, 0xe1, TestImages.Exif(6));
        var expected = Blobs(upload);
        try
        {
            foreach (var threads in (int[])[2, 7])
            {
                // The workers leave OpenCV one thread; that nothing depends on it is what is shown.
                Cv2.SetNumThreads(threads);
                foreach (var blobs in await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Run(() => Blobs(upload)))))
                {
                    Assert.Equal(expected, blobs);
                }
            }
        }
        finally
        {
            Cv2.SetNumThreads(1);
        }
    }

    public void Dispose() => _telemetry.Dispose();

    private byte[][] Blobs(byte[] upload)
    {
        var parts = PhotoParts.Make(upload, 9, _telemetry);
        return [parts.Original.ToArray(), parts.View, parts.Thumbnail, parts.Sketch, parts.SketchThumbnail, parts.Clusters];
    }
}
