namespace Repaint.Imaging;

/// <summary>Why a picture is refused, for good: trying the same bytes again cannot help.</summary>
public enum RejectionReason
{
    /// <summary>Truncated or damaged.</summary>
    Corrupt,

    /// <summary>Not JPEG, PNG, WebP or HEIC.</summary>
    UnsupportedType,

    /// <summary>More pixels, a longer side or more scans than <see cref="ImageLimits"/> allows.</summary>
    TooLarge,

    /// <summary>A side shorter than <see cref="ImageLimits.MinSide"/>.</summary>
    TooSmall,

    /// <summary>More than one frame.</summary>
    Animated,
}

/// <summary>The bytes are not a picture that can be worked with.</summary>
/// <param name="reason">Why.</param>
/// <param name="message">For the operator; no personal data.</param>
/// <param name="inner">The decoder's own complaint.</param>
public sealed class ImageRejectedException(RejectionReason reason, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Why.</summary>
    public RejectionReason Reason { get; } = reason;
}
