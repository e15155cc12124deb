using System.ComponentModel.DataAnnotations;

namespace Repaint.Contracts.Http;

/// <summary>Ask for the thumbnails of a page of images at once.</summary>
/// <param name="ImageIds">1–100 images of the event, each once.</param>
/// <param name="PaletteSet">The palettes to show; null for the photograph in all its colours.</param>
public sealed record ThumbnailsRequest(
    [property: Required, MinLength(1), MaxLength(ThumbnailsRequest.MaxImages)] IReadOnlyList<Guid> ImageIds, PaletteSet? PaletteSet = null)
{
    /// <summary>Most images in one request.</summary>
    public const int MaxImages = 100;
}

/// <summary>One-time URLs of thumbnails, in the order of the request.</summary>
/// <param name="Thumbnails">One for each requested image.</param>
public sealed record ThumbnailPage(IReadOnlyList<Thumbnail> Thumbnails);

/// <summary>A thumbnail's one-time URL, or why there is none.</summary>
/// <param name="ImageId">The image.</param>
/// <param name="Url">Absolute URL at the gateway; null when refused.</param>
/// <param name="ExpiresAt">When it stops working unused.</param>
/// <param name="Code">One of <see cref="ErrorCodes"/> when refused (<c>not-ready</c> until the image is clustered), otherwise null.</param>
public sealed record Thumbnail(Guid ImageId, Uri? Url, DateTimeOffset? ExpiresAt, string? Code);

/// <summary>The failed images of an event are being tried again.</summary>
/// <param name="Retried">How many of them.</param>
/// <param name="Refused">How many cannot be tried again now.</param>
/// <param name="More">Whether there are more than one request tries; ask again.</param>
public sealed record RetriedImages(int Retried, int Refused, bool More);
