using System.ComponentModel.DataAnnotations;

namespace Repaint.Contracts.Http;

/// <summary>The signed-in member of staff.</summary>
/// <param name="Subject">Subject of the access token.</param>
/// <param name="MayCreateEvents">Whether the token carries the role for it.</param>
/// <param name="Events">Events of which the person is a member.</param>
/// <param name="VerifiedEmail">The e-mail address the authority vouches for, to which invitations are bound; null without one.</param>
/// <param name="TraceUrl">Where a trace can be looked at, with <c>{traceId}</c> in its id's place; null when that is not configured.</param>
public sealed record StaffProfile(
    string Subject, bool MayCreateEvents, IReadOnlyList<EventSummary> Events, string? VerifiedEmail = null, string? TraceUrl = null);

/// <summary>Create an event, or replace its settings.</summary>
/// <param name="Name">1–32 characters, none of them a control character.</param>
/// <param name="PaletteCount">2–16; frozen once the event has an image.</param>
/// <param name="CooldownSeconds">0–86,400: how long a spot waits before it gives the same visitor another palette.</param>
/// <param name="Contact">Whom visitors can ask; null for nobody.</param>
/// <param name="Site">The event's web page, http or https, at most 2,083 characters; null for none.</param>
/// <param name="RetainUntil">
/// When the event erases itself with all its visitors and pictures: in the future, at most ten years away. Null: it is erased by hand.
/// </param>
/// <param name="PublicImages">Whether the event's own images may be seen by anyone and kept by caches. A visitor's picture never.</param>
public sealed record EventSettings(
    [property: Required, StringLength(32), RegularExpression(NamePattern.NoControlCharacters)] string Name,
    [property: Range(PaletteSet.MinPalettes, PaletteSet.MaxPalettes)] int PaletteCount = 8,
    [property: Range(0, 86_400)] int CooldownSeconds = 300,
    EventContact? Contact = null,
    [property: StringLength(2083), RegularExpression(NamePattern.WebAddress)] string? Site = null,
    DateTimeOffset? RetainUntil = null,
    bool PublicImages = false);

/// <summary>An event as staff see it.</summary>
/// <param name="Id">The event.</param>
/// <param name="Name">Its name.</param>
/// <param name="PaletteCount">2–16.</param>
/// <param name="CooldownSeconds">0–86,400.</param>
/// <param name="Role">The caller's role, one of <see cref="EventRoles"/>.</param>
/// <param name="CreatedAt">When it was created.</param>
/// <param name="PaletteCountFrozen">Whether the number of palettes is fixed, because the event has a picture or a palette has been won.</param>
/// <param name="Contact">Whom visitors can ask; null for nobody.</param>
/// <param name="Site">The event's web page; null without one.</param>
/// <param name="RetainUntil">When the event erases itself; null when it is erased by hand.</param>
/// <param name="PublicImages">Whether the event's own images may be seen by anyone and kept by caches. A visitor's picture never.</param>
public sealed record EventDetails(
    Guid Id,
    string Name,
    int PaletteCount,
    int CooldownSeconds,
    string Role,
    DateTimeOffset CreatedAt,
    bool PaletteCountFrozen = false,
    EventContact? Contact = null,
    string? Site = null,
    DateTimeOffset? RetainUntil = null,
    bool PublicImages = false);

/// <summary>Roles in an event.</summary>
public static class EventRoles
{
    /// <summary>May do everything, including managing members and deleting the event.</summary>
    public const string Owner = "owner";

    /// <summary>May photograph, upload and look.</summary>
    public const string Staff = "staff";
}

/// <summary>Create a spot, or replace its settings.</summary>
/// <param name="Name">1–32 characters, none of them a control character.</param>
/// <param name="RotationSeconds">
/// 15–3600: the spot shows its code on a screen, and it changes that often. Null: the code is printed and stays.
/// A spot takes codes of one kind only.
/// </param>
public sealed record SpotSettings(
    [property: Required, StringLength(32), RegularExpression(NamePattern.NoControlCharacters)] string Name,
    [property: Range(15, 3600)] int? RotationSeconds = null);

/// <summary>A spot as staff see it.</summary>
/// <param name="Id">The spot.</param>
/// <param name="Name">Its name.</param>
/// <param name="Code">The signed code its QR carries now; a secret to visitors who are not there.</param>
/// <param name="RotationSeconds">How often the code changes; null for a printed one.</param>
public sealed record SpotDetails(Guid Id, string Name, string Code, int? RotationSeconds = null);

/// <summary>What a screen at a spot shows now.</summary>
/// <param name="Code">The signed code; it is still taken for one more change after this one.</param>
/// <param name="Url">The address that opens the visitor's app with the code; the code is in the fragment, which reaches no server.</param>
/// <param name="QrSvg">QR code of the address, as SVG.</param>
/// <param name="ChangesAt">When to ask again; null for a printed code, which stays.</param>
public sealed record CurrentSpotCode(string Code, Uri Url, string QrSvg, DateTimeOffset? ChangesAt);

/// <summary>Replace the key that signs the event's spot codes.</summary>
/// <param name="OldCodesLiveSeconds">0–604,800: how long codes signed so far still work, to print new ones meanwhile; 0 ends them at once.</param>
public sealed record SpotKeyRotation([property: Range(0, 604_800)] int OldCodesLiveSeconds = 0);

/// <summary>The key has been replaced.</summary>
/// <param name="OldCodesLiveUntil">When codes signed before stop working.</param>
public sealed record RotatedSpotKey(DateTimeOffset OldCodesLiveUntil);

/// <summary>A visitor as staff see one before photographing.</summary>
/// <param name="VisitorId">The visitor.</param>
/// <param name="Photographed">Whether there is a photograph; sending another needs <c>overwrite=true</c>.</param>
/// <param name="ImageId">The photograph; null without one.</param>
/// <param name="State">State of its newest revision; null without one.</param>
/// <param name="PalettesHeld">Number of palettes held.</param>
public sealed record VisitorStatus(Guid VisitorId, bool Photographed, Guid? ImageId, ImageState? State, int PalettesHeld);

/// <summary>A photograph or event image has been stored and is on its way.</summary>
/// <param name="ImageId">The image; the same bytes again give the same id.</param>
/// <param name="Revision">Its revision, from 1.</param>
public sealed record AcceptedImage(Guid ImageId, int Revision);

/// <summary>An image as staff see it.</summary>
/// <param name="ImageId">The image.</param>
/// <param name="VisitorId">Whose photograph; null for an event's image.</param>
/// <param name="Revision">Newest revision, from 1.</param>
/// <param name="State">Its state.</param>
/// <param name="Attempt">Its attempt, from 1.</param>
/// <param name="Reason">One of <see cref="FailureReasons"/> when failed.</param>
/// <param name="TraceId">Trace of its upload, 32 hex digits.</param>
/// <param name="Palettes">Its palettes; empty until clustered.</param>
/// <param name="CreatedAt">When it was first sent.</param>
/// <param name="UpdatedAt">When it entered its state.</param>
/// <param name="ServingRevision">The revision visitors see, while a newer one may be on its way; null until one is clustered.</param>
/// <param name="SentBy">Subject of the member who sent the newest revision; null for none known.</param>
/// <param name="SentByEmail">That member's e-mail address; null when it is not known, or the person is no member any more.</param>
public sealed record ImageDetails(
    Guid ImageId,
    Guid? VisitorId,
    int Revision,
    ImageState State,
    int Attempt,
    string? Reason,
    string? TraceId,
    IReadOnlyList<Palette> Palettes,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    int? ServingRevision = null,
    string? SentBy = null,
    string? SentByEmail = null);

/// <summary>A page of images, newest first.</summary>
/// <param name="Images">The images.</param>
/// <param name="Next">Cursor of the next page; null on the last.</param>
public sealed record ImagePage(IReadOnlyList<ImageDetails> Images, string? Next);

/// <summary>Ask for a one-time URL as staff.</summary>
/// <param name="Rendition">Any.</param>
/// <param name="PaletteSet">For a painting: the palettes to show; null for the sketch.</param>
public sealed record StaffOneTimeUrlRequest(Rendition Rendition, PaletteSet? PaletteSet = null);
