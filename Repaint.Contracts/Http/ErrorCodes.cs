namespace Repaint.Contracts.Http;

/// <summary>
/// The <c>code</c> member of every RFC 9457 problem. Stable: clients choose their words by it.
/// </summary>
public static class ErrorCodes
{
    /// <summary>400: a member of the request is missing or out of range; <c>errors</c> names them.</summary>
    public const string InvalidRequest = "invalid-request";

    /// <summary>401: no token, or one that is not accepted.</summary>
    public const string Unauthenticated = "unauthenticated";

    /// <summary>403: the token is good, the right is missing.</summary>
    public const string Forbidden = "forbidden";

    /// <summary>403: the authority does not vouch for an e-mail address of the caller, which an invitation needs.</summary>
    public const string EmailUnverified = "email-unverified";

    /// <summary>403: the invitation is for another e-mail address than the caller's.</summary>
    public const string EmailMismatch = "email-mismatch";

    /// <summary>404: no such thing, or not yours; the two look the same.</summary>
    public const string NotFound = "not-found";

    /// <summary>409: the visitor has a photograph already and overwriting was not asked for.</summary>
    public const string PhotoExists = "photo-exists";

    /// <summary>409: this spot gave the visitor a palette a moment ago; Retry-After says when it will again.</summary>
    public const string PickCooldown = "pick-cooldown";

    /// <summary>409: the visitor holds every palette.</summary>
    public const string PicksComplete = "picks-complete";

    /// <summary>409: the palette count is frozen, because the event has an image.</summary>
    public const string PaletteCountFrozen = "palette-count-frozen";

    /// <summary>409: what the link names is still being made; Retry-After says when to ask again.</summary>
    public const string NotReady = "not-ready";

    /// <summary>409: the thing is not in a state in which this can be done.</summary>
    public const string WrongState = "wrong-state";

    /// <summary>409: the event would be left without an owner.</summary>
    public const string LastOwner = "last-owner";

    /// <summary>409: the event has as many of these as it may have.</summary>
    public const string LimitReached = "limit-reached";

    /// <summary>410: the invitation has been accepted before.</summary>
    public const string InvitationUsed = "invitation-used";

    /// <summary>410: the invitation has expired; an owner can make another.</summary>
    public const string InvitationExpired = "invitation-expired";

    /// <summary>410: the one-time URL has been used.</summary>
    public const string UrlUsed = "url-used";

    /// <summary>410: the one-time URL has expired.</summary>
    public const string UrlExpired = "url-expired";

    /// <summary>410: what the one-time URL named has been erased, or the URL revoked.</summary>
    public const string UrlRevoked = "url-revoked";

    /// <summary>412: a precondition header does not hold.</summary>
    public const string PreconditionFailed = "precondition-failed";

    /// <summary>413: more bytes than allowed.</summary>
    public const string ImageTooLarge = "image-too-large";

    /// <summary>415: the bytes are none of the accepted image types.</summary>
    public const string ImageTypeUnsupported = "image-type-unsupported";

    /// <summary>416: no satisfiable range.</summary>
    public const string RangeNotSatisfiable = "range-not-satisfiable";

    /// <summary>422: the picture's header is damaged, or its dimensions are outside the limits.</summary>
    public const string ImageInvalid = "image-invalid";

    /// <summary>425: a one-time URL is not served to a prefetch, which nobody may ever look at.</summary>
    public const string PrefetchRefused = "prefetch-refused";

    /// <summary>429: too many requests; Retry-After says when to go on.</summary>
    public const string RateLimited = "rate-limited";

    /// <summary>500: our fault; the trace id finds it.</summary>
    public const string Internal = "internal";

    /// <summary>503: a part the request needs is down; nothing has been changed; Retry-After says when to try again.</summary>
    public const string Unavailable = "unavailable";
}
