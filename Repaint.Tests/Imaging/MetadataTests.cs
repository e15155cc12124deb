using System.Buffers.Binary;
using ImageMagick;
using MetadataExtractor;
using Repaint.Clustering;
using Repaint.Imaging.Painting;
using Repaint.Tests.Infrastructure;

namespace Repaint.Tests.Imaging;

/// <summary>Of what an upload tells beside its pixels, nothing is in any picture that is stored; found by parsing.</summary>
public sealed class MetadataTests
{
    [Theory]
    [InlineData(MagickFormat.Jpeg)]
    [InlineData(MagickFormat.Png)]
    [InlineData(MagickFormat.WebP)]
    public void Make_UploadWithPlaceAndName_StoresNeither(MagickFormat format)
    {
        var upload = Tagged(format);
        using var telemetry = new ClusteringTelemetry(new TestMeters(), TimeProvider.System);

        var parts = PhotoParts.Make(upload, 4, telemetry);
        var painting = Painter.PaintForScreen(parts.View, parts.Sketch, parts.Map, 0b0101);
        var full = Painter.PaintFull(parts.Original.Span, parts.Sketch, parts.Map, 0b0101);

        foreach (var picture in (byte[][])
            [parts.Original.ToArray(), parts.View, parts.Thumbnail, parts.Sketch, parts.SketchThumbnail, painting.View, painting.Thumbnail, full])
        {
            Assert.Equal(["File Type", "Huffman", "JFIF", "JPEG"], ImageMetadataReader.ReadMetadata(new MemoryStream(picture)).Select(directory => directory.Name).Order());
        }

        Assert.Equal(["IDAT", "IEND", "IHDR", "PLTE"], Chunks(parts.Clusters).Distinct().Order());
    }

    private static byte[] Tagged(MagickFormat format)
    {
        using var image = new MagickImage(TestImages.Astronaut);
        image.SetProfile(new ExifProfile(TestImages.Exif(1)));
        image.SetAttribute("comment", "a name");
        var upload = image.ToByteArray(format);
        using var written = new MagickImage(upload);
        Assert.NotNull(written.GetExifProfile()?.GetValue(ExifTag.GPSLatitude));
        return upload;
    }

    private static IEnumerable<string> Chunks(byte[] png)
    {
        for (var at = 8; at < png.Length; at += 12 + BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(at)))
        {
            yield return System.Text.Encoding.ASCII.GetString(png, at + 4, 4);
        }
    }
}
