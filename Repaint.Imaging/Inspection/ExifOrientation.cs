using MetadataExtractor;
using MetadataExtractor.Formats.Exif;
using MetadataExtractor.IO;

namespace Repaint.Imaging.Inspection;

internal static class ExifOrientation
{
    public const int Upright = 1;

    /// <summary>Orientation 1–8 from a TIFF block; upright when the block does not say, or says nonsense.</summary>
    public static int Read(ReadOnlySpan<byte> tiff)
    {
        try
        {
            var directory = new ExifReader().Extract(new ByteArrayReader(tiff.ToArray())).OfType<ExifIfd0Directory>().FirstOrDefault();
            return directory is not null && directory.TryGetInt32(ExifDirectoryBase.TagOrientation, out var value) && value is >= 1 and <= 8
                ? value
                : Upright;
        }
        catch (Exception exception) when (exception is MetadataException or IOException or ArgumentException or OverflowException or IndexOutOfRangeException)
        {
            // Broken metadata does not make the pixels worse; it is dropped anyway.
            return Upright;
        }
    }
}
