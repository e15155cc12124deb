using OpenCvSharp;
using Repaint.Imaging.Inspection;

namespace Repaint.Imaging.Normalising;

/// <summary>Makes any accepted picture an upright sRGB baseline JPEG without metadata.</summary>
public static class PhotoNormaliser
{
    /// <summary>Inspects, decodes and normalises.</summary>
    /// <param name="bytes">JPEG, PNG, WebP or HEIC, as uploaded.</param>
    /// <param name="limits">What is accepted; <see cref="ImageLimits.Default"/> when null.</param>
    /// <param name="decodeHeic">Decodes a HEIC whose header has been checked; without one, HEIC is refused.</param>
    /// <exception cref="ImageRejectedException">It is refused, and why.</exception>
    public static NormalisedPhoto Normalise(
        ReadOnlyMemory<byte> bytes, ImageLimits? limits = null, Func<ReadOnlyMemory<byte>, DecodedPhoto>? decodeHeic = null)
    {
        var header = ImageInspector.Inspect(bytes, limits ?? ImageLimits.Default);
        var profile = IccProfile.TryRead(header.IccProfile.Span);
        if (IsPlain(header) && profile is null)
        {
            return Strip(bytes.Span, header, header.Jpeg!);
        }

        using var upright = header.Format == ImageFormat.Heic ? DecodeHeic(bytes, header, decodeHeic) : DecodeUpright(bytes.Span, header);
        profile?.ConvertToSrgb(upright);
        return new NormalisedPhoto(
            Codec.EncodeJpeg(upright, Codec.OriginalQuality), upright.Width, upright.Height, Codec.Fit(upright, RenditionSizes.View));
    }

    /// <summary>
    /// About how many bytes <see cref="Normalise"/> and what follows it hold at once: for whoever works on several pictures
    /// at a time. Measured with margin, not exact.
    /// </summary>
    /// <param name="header">The picture, inspected.</param>
    public static long EstimateMemory(ImageHeader header)
    {
        const long Rest = 48 << 20;
        var pixels = (long)header.Width * header.Height;
        if (IsPlain(header) && IccProfile.TryRead(header.IccProfile.Span) is null)
        {
            return Rest + pixels;
        }

        // Decoded; its coefficients, which a progressive JPEG keeps until its last scan; turned; 16-bit with alpha; encoded.
        var perPixel = 3.0 + 0.5;
        perPixel += header.Format switch
        {
            ImageFormat.Jpeg when !header.Jpeg!.IsSequential => 3,
            ImageFormat.Heic => 8,
            ImageFormat.WebP => 4,
            ImageFormat.Png when header.HasAlpha => 12,
            _ => 0,
        };
        perPixel += header.Orientation > 1 ? 3 : 0;
        return Rest + (long)(perPixel * pixels);
    }

    private static bool IsPlain(ImageHeader header) => header is { Jpeg.IsPlainBaseline: true, Orientation: ExifOrientation.Upright };

    // The usual case after the first time: nothing to change but the metadata. The photograph keeps its own
    // quantisation, and the only decode is one at reduced size, which still reads, and so checks, every coefficient.
    private static NormalisedPhoto Strip(ReadOnlySpan<byte> bytes, ImageHeader header, JpegStructure jpeg)
    {
        using var reduced = Codec.Decode(bytes, ReducedMode(Math.Max(header.Width, header.Height)));
        return new NormalisedPhoto(JpegStripper.Strip(bytes, jpeg), header.Width, header.Height, Codec.Fit(reduced, RenditionSizes.View));
    }

    private static Mat DecodeHeic(ReadOnlyMemory<byte> bytes, ImageHeader header, Func<ReadOnlyMemory<byte>, DecodedPhoto>? decode)
    {
        var decoded = decode?.Invoke(bytes) ?? throw new ImageRejectedException(RejectionReason.UnsupportedType, "There is no decoder for HEIC.");
        var expected = Math.Max(header.Width, header.Height);
        return decoded.Bgr.Length == 3L * decoded.Width * decoded.Height && Math.Max(decoded.Width, decoded.Height) <= expected
            ? Mat.FromPixelData(decoded.Height, decoded.Width, MatType.CV_8UC3, decoded.Bgr)
            : throw new ImageRejectedException(RejectionReason.Corrupt, "The HEIC is not what its header says.");
    }

    // What was decoded is gone before anything else is made: at 50 megapixels it is 150 MB.
    private static Mat DecodeUpright(ReadOnlySpan<byte> bytes, ImageHeader header)
    {
        using var decoded = header.HasAlpha
            ? Transparency.OverWhite(Codec.Decode(bytes, ImreadModes.Unchanged))
            : Codec.Decode(bytes, ImreadModes.Color | ImreadModes.IgnoreOrientation);
        return Orienting.Upright(decoded, header.Orientation);
    }

    // libjpeg leaves out the high frequencies while decoding, which costs less than decoding and shrinking.
    private static ImreadModes ReducedMode(int longSide) => ImreadModes.IgnoreOrientation | (longSide / RenditionSizes.View) switch
    {
        0 or 1 => ImreadModes.Color,
        2 or 3 => ImreadModes.ReducedColor2,
        < 8 => ImreadModes.ReducedColor4,
        _ => ImreadModes.ReducedColor8,
    };
}
