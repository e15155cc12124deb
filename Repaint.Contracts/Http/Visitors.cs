using System.ComponentModel.DataAnnotations;

namespace Repaint.Contracts.Http;

/// <summary>What a visitor may know of an event.</summary>
/// <param name="Id">The event.</param>
/// <param name="Name">Its name.</param>
/// <param name="PaletteCount">Palettes to collect, 2–16.</param>
/// <param name="Contact">Whom visitors can ask; null when nobody is named.</param>
/// <param name="Site">The event's web page; null without one.</param>
/// <param name="RetainUntil">When the event erases itself with all its visitors and pictures; null when it is erased by hand.</param>
public sealed record EventSummary(
    Guid Id, string Name, int PaletteCount, EventContact? Contact = null, string? Site = null, DateTimeOffset? RetainUntil = null);

/// <summary>Whom the visitors of an event can ask, about their photograph for instance.</summary>
/// <param name="Name">A person or an organisation, 1–32 characters; null when not given.</param>
/// <param name="Email">At most 80 characters; null when not given.</param>
/// <param name="Phone">At most 20 characters; null when not given.</param>
public sealed record EventContact(
    [property: StringLength(32), RegularExpression(NamePattern.NoControlCharacters)] string? Name = null,
    [property: StringLength(80), RegularExpression(NamePattern.Email)] string? Email = null,
    [property: StringLength(20), RegularExpression(NamePattern.Phone)] string? Phone = null);

/// <summary>A visitor who just joined, or came back by recovery code.</summary>
/// <param name="VisitorId">The visitor.</param>
/// <param name="Token">Opaque bearer token; shown once, stored hashed.</param>
/// <param name="RecoveryCode">Code that gets a new token when this one is lost; shown once, stored hashed.</param>
/// <param name="Event">The event.</param>
public sealed record JoinedVisitor(Guid VisitorId, string Token, string RecoveryCode, EventSummary Event);

/// <summary>Ask for a new token.</summary>
/// <param name="RecoveryCode">The code handed out when joining.</param>
public sealed record RecoverRequest([property: Required, StringLength(64)] string RecoveryCode);

/// <summary>The visitor's own profile.</summary>
/// <param name="VisitorId">The visitor.</param>
/// <param name="Event">The event.</param>
/// <param name="PalettesHeld">Ids of the palettes held, ascending.</param>
/// <param name="SelectedImageId">The image being painted; null without any.</param>
/// <param name="Version">See <see cref="VisitorUpdate.Version"/>.</param>
public sealed record VisitorProfile(
    Guid VisitorId, EventSummary Event, IReadOnlyList<int> PalettesHeld, Guid? SelectedImageId, long Version);

/// <summary>One of a visitor's palettes of one image.</summary>
/// <param name="Id">0-based.</param>
/// <param name="Colour">Mean colour, sRGB, <c>#rrggbb</c>.</param>
/// <param name="Name">What people call that colour.</param>
/// <param name="Share">Share of the frame, 0–1.</param>
public sealed record Palette(int Id, string Colour, ColourName Name, double Share);

/// <summary>Whose an image is.</summary>
public static class ImageKinds
{
    /// <summary>The visitor's own photograph.</summary>
    public const string Photo = "photo";

    /// <summary>An image of the event, open to every visitor.</summary>
    public const string Default = "default";
}

/// <summary>An image a visitor can paint.</summary>
/// <param name="ImageId">The image.</param>
/// <param name="Kind">One of <see cref="ImageKinds"/>.</param>
/// <param name="State">State of its newest revision.</param>
/// <param name="Selected">Whether it is the one being painted.</param>
/// <param name="Palettes">Its palettes; empty until clustered.</param>
public sealed record VisitorImage(Guid ImageId, string Kind, ImageState State, bool Selected, IReadOnlyList<Palette> Palettes);

/// <summary>Choose the image to paint.</summary>
/// <param name="ImageId">One of the visitor's images.</param>
public sealed record SelectImageRequest(Guid ImageId);

/// <summary>Ask for a one-time URL.</summary>
/// <param name="Rendition">A visitor may ask for thumbnail, view and full.</param>
/// <param name="PaletteId">
/// To see what one palette paints: the sketch with this palette's region alone in colour. A palette the visitor holds;
/// thumbnail or view. Null: the picture as painted so far.
/// </param>
/// <param name="Disposition">Whether the link shows the picture, which is the default, or saves it as a file.</param>
public sealed record OneTimeUrlRequest(
    Rendition Rendition,
    [property: Range(0, PaletteSet.MaxPalettes - 1)] int? PaletteId = null,
    Disposition Disposition = Disposition.Inline);

/// <summary>A link that serves one image to one person, once.</summary>
/// <param name="Url">Absolute URL at the gateway.</param>
/// <param name="ExpiresAt">When it stops working unused.</param>
/// <param name="Version">The visitor's version when it was made.</param>
public sealed record OneTimeUrl(Uri Url, DateTimeOffset ExpiresAt, long Version);

/// <summary>What there is to see for a visitor; the body of an update poll and of an update event.</summary>
/// <param name="Version">Rises with every change of selection, palettes, photo and with every finished painting; also the ETag.</param>
/// <param name="SelectedImageId">The image being painted; null without any.</param>
/// <param name="State">One of <see cref="VisitorPictureStates"/>.</param>
/// <param name="UpdatedAt">When the version last rose.</param>
public sealed record VisitorUpdate(long Version, Guid? SelectedImageId, string State, DateTimeOffset UpdatedAt);

/// <summary>How a visitor's selected picture is doing.</summary>
public static class VisitorPictureStates
{
    /// <summary>Nothing selected: not photographed yet, and the event has no image of its own.</summary>
    public const string None = "none";

    /// <summary>The photograph is being taken apart; there is no sketch yet.</summary>
    public const string Developing = "developing";

    /// <summary>A newer painting than the one that can be fetched is being made.</summary>
    public const string Painting = "painting";

    /// <summary>What can be fetched is the newest.</summary>
    public const string Ready = "ready";

    /// <summary>Something went wrong for good; staff can take the photo again.</summary>
    public const string Failed = "failed";
}

/// <summary>Pick the palette of a spot.</summary>
/// <param name="Code">The spot's code, as its QR carries it.</param>
/// <param name="PickId">Made by the client; the same id again gives the same answer.</param>
public sealed record PickRequest([property: Required, StringLength(128)] string Code, Guid PickId);

/// <summary>A palette won.</summary>
/// <param name="PaletteId">Its id.</param>
/// <param name="Colour">Its colour in the selected picture, <c>#rrggbb</c>; null until a picture is clustered.</param>
/// <param name="Name">What people call that colour; null until a picture is clustered.</param>
/// <param name="Held">Palettes held now.</param>
/// <param name="Total">Palettes to collect.</param>
/// <param name="CooldownEndsAt">When this spot gives again; another spot does at once.</param>
/// <param name="ImageId">The image it paints: the one selected when it was won. Null when none was.</param>
public sealed record PickedPalette(
    int PaletteId, string? Colour, ColourName? Name, int Held, int Total, DateTimeOffset CooldownEndsAt, Guid? ImageId);

/// <summary>What the web apps need to know before they can do anything.</summary>
/// <param name="Authority">OpenID Connect issuer for staff.</param>
/// <param name="ClientId">The console's public client id.</param>
/// <param name="Scope">Scopes to ask for, separated by spaces.</param>
/// <param name="GatewayOrigin">Origin of the one-time URLs.</param>
public sealed record ClientConfig(string Authority, string ClientId, string Scope, string GatewayOrigin);
