using System.Text.Json;
using System.Text.Json.Nodes;
using Repaint.Contracts;
using Repaint.Contracts.Http;

namespace Repaint.Api.OpenApi;

/// <summary>One example of everything that is sent and answered: one visitor's evening. Typed, so that they cannot go out of date.</summary>
internal static class Examples
{
    private const string Address = "hanako@example.org";
    private const string Subject = "auth0|65f1c0a8e4b0d5a1";
    private const string SpotCode = "r1.AZR8v0mQcYK1.7dT3nXo2uVbE9qLwKfHs5g";
    private const string Cursor = "AZR8v0mQcYKB";

    private static readonly Guid EventId = new("01947c3e-8a10-7c7e-9d0e-5a3f1b2c4d01");
    private static readonly Guid VisitorId = new("01947c3e-8a10-7c7e-9d0e-5a3f1b2c4d02");
    private static readonly Guid ImageId = new("01947c3e-8a10-7c7e-9d0e-5a3f1b2c4d03");
    private static readonly Guid SpotId = new("01947c3e-8a10-7c7e-9d0e-5a3f1b2c4d04");
    private static readonly Guid MemberId = new("01947c3e-8a10-7c7e-9d0e-5a3f1b2c4d05");
    private static readonly Guid InvitationId = new("01947c3e-8a10-7c7e-9d0e-5a3f1b2c4d06");
    private static readonly Guid PickId = new("01947c3e-8a10-7c7e-9d0e-5a3f1b2c4d07");
    private static readonly DateTimeOffset Evening = new(2027, 8, 7, 18, 30, 0, TimeSpan.Zero);
    private static readonly Uri Link = new("https://images.example.org/images/01947c3e-8a10-7c7e-9d0e-5a3f1b2c4d03?token=q0wB3rT…");

    private static readonly EventContact Contact = new("Matsuri office", "office@example.org", "+81 3 1234 5678");
    private static readonly EventSummary Event = new(EventId, "Lantern festival", 8, Contact, "https://example.org/lanterns", Evening.AddDays(30));
    private static readonly Palette Palette = new(3, "#c8503c", new ColourName("柿色", "persimmon"), 0.14);
    private static readonly ImageDetails Image = new(
        ImageId, VisitorId, 1, ImageState.Clustered, 1, null, "4bf92f3577b34da6a3ce929d0e0e4736", [Palette], Evening, Evening.AddSeconds(3), 1, Subject, Address);
    private static readonly SpotHour Hour = new(SpotId, "Stage", Evening.AddMinutes(-30), 212);
    private static readonly PaintingTimes Times = new(1830, 2.1, 4.8, 31.5);
    private static readonly WaitingWork Waiting = new(4, Evening);
    private static readonly PhotoAccessEntry Access = new(Evening, Subject, Address, VisitorId, ImageId, Rendition.View);
    private static readonly Thumbnail Thumbnail = new(ImageId, Link, Evening.AddMinutes(5), null);
    private static readonly InvitationDetails Invitation = new(
        InvitationId, Address, EventRoles.Staff, InvitationStates.Pending, Subject, Evening, Evening.AddDays(7));

    private static readonly Dictionary<Type, object> ByType = new object[]
    {
        // What visitors send and are answered.
        Event, Contact, Palette, Palette.Name,
        new ClientConfig("https://login.example.org/", "repaint-console", "openid profile email", "https://images.example.org"),
        new JoinedVisitor(VisitorId, "5xq0b1Zr…", "K7QM-3XWT-9FHD-2PNB", Event),
        new RecoverRequest("K7QM-3XWT-9FHD-2PNB"),
        new VisitorProfile(VisitorId, Event, [0, 3], ImageId, 7),
        new VisitorImage(ImageId, ImageKinds.Photo, ImageState.Clustered, true, [Palette]),
        new SelectImageRequest(ImageId),
        new OneTimeUrlRequest(Rendition.View),
        new OneTimeUrl(Link, Evening.AddMinutes(5), 7),
        new VisitorUpdate(7, ImageId, VisitorPictureStates.Ready, Evening),
        new PickRequest(SpotCode, PickId),
        new PickedPalette(3, Palette.Colour, Palette.Name, 2, 8, Evening.AddMinutes(5), ImageId),

        // Events and who works for them.
        new StaffProfile(Subject, true, [Event], Address),
        new EventSettings("Lantern festival", 8, 300, Contact, "https://example.org/lanterns", Evening.AddDays(30)),
        new EventDetails(EventId, "Lantern festival", 8, 300, EventRoles.Owner, Evening.AddDays(-20), true, Contact, Event.Site, Event.RetainUntil),
        new MemberDetails(MemberId, Subject, EventRoles.Staff, Address, Evening.AddDays(-3), false),
        new MemberSettings(EventRoles.Owner),
        new InvitationRequest(Address),
        Invitation,
        new CreatedInvitation(Invitation, new Uri("https://repaint.example.org/console/invitation#w8Zk2…")),
        new AcceptInvitationRequest("w8Zk2…"),
        new SpotSettings("Stage", 60),
        new SpotDetails(SpotId, "Stage", SpotCode, 60),
        new CurrentSpotCode(SpotCode, new Uri($"https://repaint.example.org/#pick={SpotCode}"), "<svg>…</svg>", Evening.AddSeconds(40)),
        new SpotKeyRotation(3600),
        new RotatedSpotKey(Evening.AddHours(1)),

        // Pictures, and what staff see of them.
        new VisitorStatus(VisitorId, true, ImageId, ImageState.Clustered, 2),
        new AcceptedImage(ImageId, 1),
        Image,
        new ImagePage([Image], Cursor),
        new RetriedImages(12, 0, false),
        new StaffOneTimeUrlRequest(Rendition.View, PaletteSet.Of(3)),
        new ThumbnailsRequest([ImageId]),
        Thumbnail,
        new ThumbnailPage([Thumbnail]),
        new FeedChange(Image, null),
        new EventStatistics(2100, 1830, [new ImageStateCount(ImageState.Clustered, 1826)], [270, 900, 930], [512, 511], [Hour], Times,
            new PipelineStatistics(Waiting, Waiting), Evening),
        new ImageStateCount(ImageState.Clustered, 1826), Hour, Times, new PipelineStatistics(Waiting, Waiting), Waiting,
        Access,
        new PhotoAccessPage([Access], "1841"),
    }.ToDictionary(example => example.GetType());

    /// <summary>Null for what is no object, such as a number or a list.</summary>
    public static JsonNode? Of(Type type, JsonSerializerOptions options) =>
        ByType.TryGetValue(type, out var example) ? JsonSerializer.SerializeToNode(example, type, options) : null;
}
