using ImageMagick;
using Repaint.Imaging;
using Repaint.Imaging.Normalising;

namespace Repaint.Clustering.Decoding;

/// <summary>
/// Decodes HEIC by ImageMagick's libheif, which nothing else here can. Nothing but HEIC ever reaches ImageMagick: the
/// header has been checked and the format is named, not guessed.
/// </summary>
internal static class HeicDecoder
{
    static HeicDecoder()
    {
        var limits = ImageLimits.Default;
        (ResourceLimits.Width, ResourceLimits.Height) = ((ulong)limits.MaxSide, (ulong)limits.MaxSide);
        ResourceLimits.Area = (ulong)limits.MaxPixels;
        ResourceLimits.MaxMemoryRequest = 8 * (ulong)limits.MaxPixels;
        ResourceLimits.Memory = 8 * (ulong)limits.MaxPixels;
        ResourceLimits.Thread = 1;
        // Beyond memory there is nothing: no pixel of a photograph is ever swapped to a file.
        ResourceLimits.Disk = 0;
    }

    /// <exception cref="ImageRejectedException">The decoder finds it damaged.</exception>
    public static DecodedPhoto Decode(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            using var image = new MagickImage();
            image.Read(bytes.Span, new MagickReadSettings { Format = MagickFormat.Heic });
            if (image.HasAlpha)
            {
                image.BackgroundColor = MagickColors.White;
                image.Alpha(AlphaAction.Remove);
            }

            using var pixels = image.GetPixelsUnsafe();
            return pixels.ToByteArray(PixelMapping.BGR) is { } bgr
                ? new DecodedPhoto((int)image.Width, (int)image.Height, bgr)
                : throw new ImageRejectedException(RejectionReason.Corrupt, "The HEIC has no pixels.");
        }
        catch (MagickException exception)
        {
            throw new ImageRejectedException(RejectionReason.Corrupt, "The decoder refuses the HEIC.", exception);
        }
    }
}
