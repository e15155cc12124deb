using OpenCvSharp;
using Repaint.Imaging.Inspection;

namespace Repaint.Imaging.Normalising;

/// <summary>Makes any accepted picture an upright sRGB baseline JPEG without metadata.</summary>
public static class PhotoNormaliser
{
    /// <summary>Inspects, decodes and normalises.</summary>
    /// <param name="bytes">JPEG, PNG or WebP, as uploaded.</param>
    /// <param name="limits">What is accepted; <see cref="ImageLimits.Default"/> when null.</param>
    /// <exception cref="ImageRejectedException">It is refused, and why.</exception>
    public static NormalisedPhoto Normalise(ReadOnlyMemory<byte> bytes, ImageLimits? limits = null)
    {
        var header = ImageInspector.Inspect(bytes, limits ?? ImageLimits.Default);
        var profile = IccProfile.TryRead(header.IccProfile.Span);
        return header is { Jpeg: { IsPlainBaseline: true } jpeg, Orientation: ExifOrientation.Upright } && profile is null
            ? Strip(bytes.Span, header, jpeg)
            : Reencode(bytes.Span, header, profile);
    }

    // The usual case after the first time: nothing to change but the metadata. The photograph keeps its own
    // quantisation, and the only decode is one at reduced size, which still reads, and so checks, every coefficient.
    private static NormalisedPhoto Strip(ReadOnlySpan<byte> bytes, ImageHeader header, JpegStructure jpeg)
    {
        using var reduced = Codec.Decode(bytes, ReducedMode(Math.Max(header.Width, header.Height)));
        return new NormalisedPhoto(JpegStripper.Strip(bytes, jpeg), header.Width, header.Height, Codec.Fit(reduced, RenditionSizes.View));
    }

    private static NormalisedPhoto Reencode(ReadOnlySpan<byte> bytes, ImageHeader header, IccProfile? profile)
    {
        using var upright = DecodeUpright(bytes, header);
        profile?.ConvertToSrgb(upright);
        return new NormalisedPhoto(
            Codec.EncodeJpeg(upright, Codec.OriginalQuality), upright.Width, upright.Height, Codec.Fit(upright, RenditionSizes.View));
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
