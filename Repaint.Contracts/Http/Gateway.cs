namespace Repaint.Contracts.Http;

/// <summary>Paths and headers of the gateway's internal listener, for the API only.</summary>
public static class GatewayRoutes
{
    /// <summary>
    /// <c>PUT …/{imageId}?eventId=&amp;visitorId=&amp;paletteCount=&amp;overwrite=</c>: raw bytes; 202 <see cref="StoredImage"/>.
    /// <c>POST …/{imageId}/retry</c>: 202. <c>DELETE …/{imageId}</c>: 204.
    /// </summary>
    public const string Images = "/internal/images";

    /// <summary><c>POST</c> <see cref="MintRequest"/>: 200 <see cref="MintResponse"/>.</summary>
    public const string OneTimeUrls = "/internal/one-time-urls";

    /// <summary><c>POST</c> <see cref="RenderRequests"/>: 202.</summary>
    public const string Renderings = "/internal/renderings";

    /// <summary><c>DELETE …/{visitorId}</c>: 204.</summary>
    public const string Visitors = "/internal/visitors";

    /// <summary><c>DELETE …/{eventId}</c>: 204.</summary>
    public const string Events = "/internal/events";

    /// <summary>Public: <c>GET|HEAD …/{imageId}?token=…</c>, and of an event's public images <c>…/{imageId}/{version}</c>.</summary>
    public const string PublicImages = "/images";
}

/// <summary>An upload has been stored and queued, or its bytes were there already.</summary>
/// <param name="ImageId">The image.</param>
/// <param name="Revision">The revision that holds these bytes, from 1.</param>
/// <param name="Sha256">SHA-256 of the bytes, lower-case hex.</param>
/// <param name="AlreadyStored">Whether nothing changed, because the newest revision holds the same bytes.</param>
public sealed record StoredImage(Guid ImageId, int Revision, string Sha256, bool AlreadyStored);

/// <summary>Ask for one-time URLs.</summary>
/// <param name="Links">1–100.</param>
public sealed record MintRequest(IReadOnlyList<LinkRequest> Links);

/// <summary>One link to mint.</summary>
/// <param name="ImageId">The logical image.</param>
/// <param name="VisitorId">The visitor it is bound to: it shows what that visitor has painted. Null for staff.</param>
/// <param name="Rendition">Original and clusters only without a visitor.</param>
/// <param name="PaletteSet">The painting to show. Null: for a visitor the one that is current when the link is used, otherwise the sketch.</param>
/// <param name="IsPublic">The event says that its own images are public: then one that exists gets an address for everyone. A visitor's never does.</param>
/// <param name="Disposition">Whether the link shows the picture or saves it; a public address only shows.</param>
public sealed record LinkRequest(
    Guid ImageId,
    Guid? VisitorId,
    Rendition Rendition,
    PaletteSet? PaletteSet = null,
    bool IsPublic = false,
    Disposition Disposition = Disposition.Inline);

/// <summary>The links, in the order of the request.</summary>
/// <param name="Links">One for each requested link.</param>
public sealed record MintResponse(IReadOnlyList<MintedLink> Links);

/// <summary>A minted link, or why there is none.</summary>
/// <param name="Token">256-bit token, base64url; null when refused. Never to be logged.</param>
/// <param name="ExpiresAt">When it stops working unused.</param>
/// <param name="Code">One of <see cref="ErrorCodes"/> when refused, otherwise null.</param>
/// <param name="Version">Instead of a token: the last segment of a public address, <c>/images/{imageId}/{version}</c>.</param>
public sealed record MintedLink(string? Token, DateTimeOffset? ExpiresAt, string? Code, string? Version = null);

/// <summary>Ask for paintings.</summary>
/// <param name="Requests">1–500.</param>
public sealed record RenderRequests(IReadOnlyList<RenderRequest> Requests);

/// <summary>What one visitor should see of one image from now on.</summary>
/// <param name="ImageId">The image.</param>
/// <param name="VisitorId">The visitor.</param>
/// <param name="RequestNo">Rises per visitor and image; an older number than one seen before changes nothing.</param>
/// <param name="PaletteSet">The palettes the visitor holds.</param>
/// <param name="TraceParent">W3C traceparent of what caused it, so that a batch does not hide it; null to use the request's.</param>
public sealed record RenderRequest(Guid ImageId, Guid VisitorId, long RequestNo, PaletteSet PaletteSet, string? TraceParent = null);
