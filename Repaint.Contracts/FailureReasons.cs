namespace Repaint.Contracts;

/// <summary>Why an image or a rendering is <c>failed</c>: stable codes, in messages, database and API.</summary>
public static class FailureReasons
{
    /// <summary>The bytes are not a picture that can be decoded: truncated or damaged.</summary>
    public const string Corrupt = "corrupt";

    /// <summary>The type of the bytes is none of those accepted.</summary>
    public const string UnsupportedType = "unsupported-type";

    /// <summary>More pixels, or a longer side, than the limits allow.</summary>
    public const string TooLarge = "too-large";

    /// <summary>A side is too short to make palettes from.</summary>
    public const string TooSmall = "too-small";

    /// <summary>More than one frame.</summary>
    public const string Animated = "animated";

    /// <summary>A blob that should exist is gone from storage.</summary>
    public const string StorageLost = "storage-lost";

    /// <summary>Every try failed; the message went to the dead-letter queue.</summary>
    public const string RetriesExhausted = "retries-exhausted";
}
