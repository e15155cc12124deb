using OpenCvSharp;

namespace Repaint.Imaging.Normalising;

/// <summary>An upright sRGB photograph, ready to be stored and taken apart.</summary>
public sealed class NormalisedPhoto : IDisposable
{
    internal NormalisedPhoto(byte[] original, int width, int height, Mat view) =>
        (Original, Width, Height, View) = (original, width, height, view);

    /// <summary>Baseline JPEG at full size, without metadata.</summary>
    public ReadOnlyMemory<byte> Original { get; }

    /// <summary>Pixels at full size.</summary>
    public int Width { get; }

    /// <summary>Pixels at full size.</summary>
    public int Height { get; }

    /// <summary>8-bit BGR, long side at most <see cref="RenditionSizes.View"/>.</summary>
    internal Mat View { get; }

    /// <summary>JPEG, long side at most <see cref="RenditionSizes.View"/>.</summary>
    public byte[] EncodeView() => Codec.EncodeJpeg(View, Codec.ScreenQuality);

    /// <summary>JPEG, long side at most <see cref="RenditionSizes.Thumbnail"/>.</summary>
    public byte[] EncodeThumbnail() => Codec.EncodeThumbnail(View);

    /// <inheritdoc/>
    public void Dispose() => View.Dispose();
}
